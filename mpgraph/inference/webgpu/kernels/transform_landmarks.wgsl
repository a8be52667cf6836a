// Landmarks with x and y transformed by a matrix; z stays.

struct Params {
  count: i32,
}

@group(0) @binding(3) var<storage, read> matrix: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let landmark = image[index];
  let position = vec4<f32>(landmark.xy, 0.0, 1.0);
  result[index] = vec4<f32>(dot(matrix[0], position), dot(matrix[1], position), landmark.zw);
}
