// A part of an image as the input of a network, brightened: (height, width, 3) float32.

struct Params {
  to_source_x: vec4<f32>, // x = dot(xyz, (column + 0.5, row + 0.5, 1)), in pixels from the left edge
  to_source_y: vec4<f32>,
  width: u32,
  height: u32,
}

@group(0) @binding(1) var<storage, read_write> values: array<f32>;
@group(0) @binding(3) var<storage, read> gain: array<f32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let at = vec3<f32>(f32(id.x) + 0.5, f32(id.y) + 0.5, 1.0);
  let position = vec2<f32>(dot(params.to_source_x.xyz, at), dot(params.to_source_y.xyz, at)) - 0.5;
  let color = min(rounded(bilinear_or_black(image, position)) * gain[0], vec4<f32>(1.0));
  let first = (id.y * params.width + id.x) * 3u;
  for (var channel = 0u; channel < 3u; channel++) {
    values[first + channel] = color[channel];
  }
}
