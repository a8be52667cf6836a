// The same values in the same order with another number of channels, which moves the padding of the last
// block. One invocation computes one block.

struct Params {
  count: i32,
  in_channels: i32,
  out_channels: i32,
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let in_blocks = (params.in_channels + 3) / 4;
  let out_blocks = (params.out_channels + 3) / 4;
  let pixel = index / out_blocks;
  let first = (index % out_blocks) * 4;
  var value = vec4<f32>(0.0);
  for (var lane = 0; lane < 4; lane++) {
    if (first + lane >= params.out_channels) { break; }
    let position = pixel * params.out_channels + first + lane;
    let c = position % params.in_channels;
    value[lane] = image[(position / params.in_channels) * in_blocks + c / 4][c % 4];
  }
  result[index] = value;
}
