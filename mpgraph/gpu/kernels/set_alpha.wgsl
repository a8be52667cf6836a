// A picture with alpha from the red of another picture of any size, or with one value everywhere.

struct Parameters {
  width: u32,
  height: u32,
  uses_mask: u32,
  alpha: f32,     // where no mask is used
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var image: texture_2d<f32>;
@group(0) @binding(2) var mask: texture_2d<f32>;
@group(0) @binding(3) var target_image: texture_storage_2d<rgba8unorm, write>;

fn weight(place: vec2<i32>) -> f32 {
  return textureLoad(mask, clamp(place, vec2<i32>(0), vec2<i32>(textureDimensions(mask)) - 1), 0).r;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= parameters.width || id.y >= parameters.height) {
    return;
  }
  var alpha = parameters.alpha;
  if (parameters.uses_mask == 1u) {
    let size = vec2<f32>(f32(parameters.width), f32(parameters.height));
    let place = (vec2<f32>(id.xy) + 0.5) * (vec2<f32>(textureDimensions(mask)) / size) - 0.5;
    let corner = floor(place);
    let part = place - corner;
    let at = vec2<i32>(corner);
    let above = mix(weight(at), weight(at + vec2<i32>(1, 0)), part.x);
    let below = mix(weight(at + vec2<i32>(0, 1)), weight(at + vec2<i32>(1, 1)), part.x);
    alpha = mix(above, below, part.y);
  }
  alpha = floor(clamp(alpha, 0.0, 1.0) * 255.0 + 0.5) / 255.0;
  textureStore(target_image, id.xy, vec4<f32>(textureLoad(image, id.xy, 0).rgb, alpha));
}
