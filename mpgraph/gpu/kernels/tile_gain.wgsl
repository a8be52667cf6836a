// The factor that brings a dark part of an image to a mean level.

struct Params {
  to_source_x: vec4<f32>, // x = dot(xyz, (column + 0.5, row + 0.5, 1)), in pixels from the left edge
  to_source_y: vec4<f32>,
  width: u32,             // of the network's input
  height: u32,
  step: u32,              // every so many pixels and rows count
  level: f32,             // in 0..1
  most: f32,
}

@group(0) @binding(1) var<storage, read_write> gain: array<f32>;

var<workgroup> sums: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) index: u32) {
  let columns = (params.width + params.step - 1u) / params.step;
  let rows = (params.height + params.step - 1u) / params.step;
  var sum = 0.0;
  for (var i = index; i < columns * rows; i += 256u) {
    let at = vec3<f32>(f32((i % columns) * params.step) + 0.5, f32((i / columns) * params.step) + 0.5, 1.0);
    let position = vec2<f32>(dot(params.to_source_x.xyz, at), dot(params.to_source_y.xyz, at)) - 0.5;
    sum += dot(rounded(bilinear_or_black(image, position)).rgb, vec3<f32>(1.0 / 3.0));
  }
  sums[index] = sum;
  workgroupBarrier();
  if (index == 0u) {
    var total = 0.0;
    for (var i = 0; i < 256; i++) { total += sums[i]; }
    let mean = max(total / f32(columns * rows), 1.0 / 255.0);
    gain[0] = clamp(params.level / mean, 1.0, params.most);
  }
}
