// An activation function of each value.

struct Params {
  count: i32,
  activation: i32,
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  result[index] = activate(image[index], params.activation);
}
