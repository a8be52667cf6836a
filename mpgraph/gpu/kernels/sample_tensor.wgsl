// A picture, or a turned rectangle of it, as the float32 input of a model: (height, width, channels).

struct Parameters {
  to_source_x: vec4<f32>, // x = dot(xyz, (column + 0.5, row + 0.5, 1)), in pixels from the left edge
  to_source_y: vec4<f32>,
  width: u32,
  height: u32,
  channels: u32,          // the first ones of the picture's: 1, 3 or 4
  zero_border: u32,       // 1: black beyond the edge; 0: the edge is repeated
  scale: f32,             // from 0..1 to what the model wants
  offset: f32,
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var source: texture_2d<f32>;
@group(0) @binding(2) var<storage, read_write> values: array<f32>;

fn texel(place: vec2<i32>) -> vec4<f32> {
  let last = vec2<i32>(textureDimensions(source)) - 1;
  let inside = clamp(place, vec2<i32>(0), last);
  if (parameters.zero_border == 1u && any(inside != place)) {
    return vec4<f32>(0.0);
  }
  return textureLoad(source, inside, 0);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= parameters.width || id.y >= parameters.height) {
    return;
  }
  let centre = vec3<f32>(f32(id.x) + 0.5, f32(id.y) + 0.5, 1.0);
  let place = vec2<f32>(dot(parameters.to_source_x.xyz, centre), dot(parameters.to_source_y.xyz, centre)) - 0.5;
  let corner = floor(place);
  let part = place - corner;
  let at = vec2<i32>(corner);
  let above = mix(texel(at), texel(at + vec2<i32>(1, 0)), part.x);
  let below = mix(texel(at + vec2<i32>(0, 1)), texel(at + vec2<i32>(1, 1)), part.x);
  let color = mix(above, below, part.y) * parameters.scale + parameters.offset;
  let first = (id.y * parameters.width + id.x) * parameters.channels;
  for (var channel = 0u; channel < parameters.channels; channel++) {
    values[first + channel] = color[channel];
  }
}
