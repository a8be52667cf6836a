// A picture seen through an affine map: scaled, turned, mirrored, cut out.

struct Parameters {
  to_source_x: vec4<f32>, // x = dot(xyz, (column + 0.5, row + 0.5, 1)), in pixels from the left edge
  to_source_y: vec4<f32>,
  color: vec4<f32>,       // of places beyond the source, unless its edge is repeated
  width: u32,
  height: u32,
  nearest: u32,
  border: u32,            // 0: repeat the edge; 1: the colour
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var source: texture_2d<f32>;
@group(0) @binding(2) var target_image: texture_storage_2d<rgba8unorm, write>;

fn texel(place: vec2<i32>) -> vec4<f32> {
  return textureLoad(source, clamp(place, vec2<i32>(0), vec2<i32>(textureDimensions(source)) - 1), 0);
}

fn bilinear(place: vec2<f32>) -> vec4<f32> {
  let corner = floor(place - 0.5);
  let part = place - 0.5 - corner;
  let at = vec2<i32>(corner);
  let above = mix(texel(at), texel(at + vec2<i32>(1, 0)), part.x);
  let below = mix(texel(at + vec2<i32>(0, 1)), texel(at + vec2<i32>(1, 1)), part.x);
  return mix(above, below, part.y);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= parameters.width || id.y >= parameters.height) {
    return;
  }
  let centre = vec3<f32>(f32(id.x) + 0.5, f32(id.y) + 0.5, 1.0);
  let place = vec2<f32>(dot(parameters.to_source_x.xyz, centre), dot(parameters.to_source_y.xyz, centre));
  let size = vec2<f32>(textureDimensions(source));
  var color = parameters.color;
  if (parameters.border == 0u || (all(place >= vec2<f32>(0.0)) && all(place <= size))) {
    if (parameters.nearest == 1u) {
      color = texel(vec2<i32>(floor(place)));
    } else {
      color = bilinear(place);
    }
  }
  textureStore(target_image, id.xy, floor(color * 255.0 + 0.5) / 255.0);
}
