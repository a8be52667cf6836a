// An image, or a rotated rectangle of it, as the float32 input of a model: (height, width, channels).

struct Params {
  to_source_x: vec4<f32>, // x = dot(xyz, (column + 0.5, row + 0.5, 1)), in pixels from the left edge
  to_source_y: vec4<f32>,
  width: u32,
  height: u32,
  channels: u32,          // the first channels of the image: 1, 3 or 4
  zero_border: u32,       // 1: black outside the image; 0: its edge is repeated
  scale: f32,             // from 0..1 to the model's range
  offset: f32,
}

@group(0) @binding(1) var<storage, read_write> values: array<f32>;

fn texel_or_zero(at: vec2<i32>) -> vec4<f32> {
  let last = vec2<i32>(textureDimensions(image)) - 1;
  let inside = clamp(at, vec2<i32>(0), last);
  if (params.zero_border == 1u && any(inside != at)) {
    return vec4<f32>(0.0);
  }
  return textureLoad(image, inside, 0);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let centre = vec3<f32>(f32(id.x) + 0.5, f32(id.y) + 0.5, 1.0);
  let position = vec2<f32>(dot(params.to_source_x.xyz, centre), dot(params.to_source_y.xyz, centre)) - 0.5;
  let corner = floor(position);
  let part = position - corner;
  let at = vec2<i32>(corner);
  let above = mix(texel_or_zero(at), texel_or_zero(at + vec2<i32>(1, 0)), part.x);
  let below = mix(texel_or_zero(at + vec2<i32>(0, 1)), texel_or_zero(at + vec2<i32>(1, 1)), part.x);
  let color = mix(above, below, part.y) * params.scale + params.offset;
  let first = (id.y * params.width + id.x) * params.channels;
  for (var channel = 0u; channel < params.channels; channel++) {
    values[first + channel] = color[channel];
  }
}
