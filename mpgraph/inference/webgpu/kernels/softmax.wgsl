// Softmax over the channels. One invocation does one pixel.

struct Params {
  count: i32,
  channels: i32,
  beta: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> result: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> image: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = i32(id.x + id.y * groups.x * 64u);
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
    let lanes = vec4<i32>(i * 4) + vec4<i32>(0, 1, 2, 3);
    let value = exp((image[start + i] - most) * params.beta) / sum;
    result[start + i] = select(vec4<f32>(0.0), value, lanes < vec4<i32>(params.channels));
  }
}
