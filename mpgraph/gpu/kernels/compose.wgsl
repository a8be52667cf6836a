// People in front of a background, or alone; at the edge with their own colors.

struct Params {
  width: u32,
  height: u32,
  foreground_colors: u32, // 1: estimate the people's own colors
  transparent: u32,       // 1: no background, straight alpha
  light_wrap: f32,
  run: u32,               // so many pixels side by side share the colors nearby
}

@group(0) @binding(4) var background: texture_2d<f32>;
@group(0) @binding(5) var people: texture_2d<f32>;      // the people's colors nearby, small
@group(0) @binding(6) var behind: texture_2d<f32>;      // the old background's colors nearby, small
@group(0) @binding(7) var surroundings: texture_2d<f32>; // the new background out of focus, small

fn nearby(source: texture_2d<f32>, id: vec2<u32>) -> vec3<f32> {
  let middle = vec2<u32>(id.x / params.run * params.run + params.run / 2u, id.y);
  return textureLoad(source, middle * textureDimensions(source) / vec2<u32>(params.width, params.height), 0).rgb;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let alpha = textureLoad(mask, id.xy, 0).r;
  var color = textureLoad(image, id.xy, 0).rgb;
  if (alpha > 0.0 && alpha < 1.0) {
    if (params.foreground_colors == 1u) {
      // Forte: Approximate Fast Foreground Colour Estimation, one pass.
      let own = nearby(people, id.xy);
      let old = nearby(behind, id.xy);
      color = clamp(own + alpha * (color - alpha * own - (1.0 - alpha) * old), vec3<f32>(0.0), vec3<f32>(1.0));
    }
    color += (1.0 - alpha) * params.light_wrap * (nearby(surroundings, id.xy) - color);
  }
  var result = vec4<f32>(select(vec3<f32>(0.0), color, alpha > 0.0), alpha);
  if (params.transparent == 0u) {
    let new_color = scaled(background, params.width, params.height, id.xy).rgb;
    result = vec4<f32>(mix(new_color, color, alpha), 1.0);
  }
  textureStore(target_image, id.xy, rounded(result));
}
