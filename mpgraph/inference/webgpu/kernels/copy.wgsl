// Moves values from one box to another: padding, slices, concatenation, transposition.
// Value (n, y, x, c) of the box goes to to_start + (n, y, x, c) . to_step. It comes from
// from_start + (n, y, x, c) . from_step, or is `fill` if it is outside low <= (n, y, x, c) < high.

struct Params {
  box: vec4<i32>,
  low: vec4<i32>,
  high: vec4<i32>,
  from_step: vec4<i32>,
  to_step: vec4<i32>,
  from_start: i32,
  to_start: i32,
  count: i32,
  fill: f32,
}

@group(0) @binding(1) var<storage, read_write> result: array<f32>;
@group(0) @binding(2) var<storage, read> image: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let row = index / params.box.w;
  let line = row / params.box.z;
  let position = vec4<i32>(line / params.box.y, line % params.box.y, row % params.box.z, index % params.box.w);
  var value = params.fill;
  if (all(position >= params.low) && all(position < params.high)) {
    value = image[params.from_start + dot4(position, params.from_step)];
  }
  result[params.to_start + dot4(position, params.to_step)] = value;
}
