// Softmax over the channels. One invocation computes one pixel.

struct Params {
  count: i32,
  channels: i32,
  beta: f32,
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let blocks = (params.channels + 3) / 4;
  let start = index * blocks;
  var most = image[start].x;
  for (var c = 1; c < params.channels; c++) {
    most = max(most, image[start + c / 4][c % 4]);
  }
  var sum = 0.0;
  for (var c = 0; c < params.channels; c++) {
    sum += exp((image[start + c / 4][c % 4] - most) * params.beta);
  }
  for (var i = 0; i < blocks; i++) {
    let value = exp((image[start + i] - most) * params.beta) / sum;
    result[start + i] = without_padding(value, i, params.channels);
  }
}
