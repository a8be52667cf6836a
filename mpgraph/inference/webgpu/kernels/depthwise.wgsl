// Convolution of each channel on its own. One invocation computes four channels of one pixel.
// weights: [kernel_h][kernel_w][output block]. Output channel c reads input channel c / multiplier.

struct Params {
  count: i32,
  in_h: i32,
  in_w: i32,
  in_blocks: i32,
  out_h: i32,
  out_w: i32,
  out_blocks: i32,
  kernel_h: i32,
  kernel_w: i32,
  stride_h: i32,
  stride_w: i32,
  dilation_h: i32,
  dilation_w: i32,
  pad_h: i32,
  pad_w: i32,
  activation: i32,
  final_activation: i32,
  multiplier: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> result: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> image: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> addend: array<vec4<f32>>;

fn channel(start: i32, out_channel: i32) -> f32 {
  let c = min(out_channel / params.multiplier, params.in_blocks * 4 - 1);
  return image[start + c / 4][c % 4];
}

fn channels(start: i32, block: i32) -> vec4<f32> {
  if (params.multiplier == 1) { return image[start + block]; }
  let c = block * 4;
  return vec4<f32>(channel(start, c), channel(start, c + 1), channel(start, c + 2), channel(start, c + 3));
}

// The result at the index `at`: the activated sum, plus the addend unless final_activation is -1.
fn finished(sum: vec4<f32>, at: i32) -> vec4<f32> {
  let value = activate(sum, params.activation);
  if (params.final_activation < 0) { return value; }
  return activate(value + addend[at], params.final_activation);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let block = index % params.out_blocks;
  let pixel = index / params.out_blocks;
  let row = pixel / params.out_w;
  let left = (pixel % params.out_w) * params.stride_w - params.pad_w;
  let top = (row % params.out_h) * params.stride_h - params.pad_h;
  let first_row = (row / params.out_h) * params.in_h;
  var sum = bias[block];
  for (var ky = 0; ky < params.kernel_h; ky++) {
    let y = top + ky * params.dilation_h;
    if (y < 0 || y >= params.in_h) { continue; }
    for (var kx = 0; kx < params.kernel_w; kx++) {
      let x = left + kx * params.dilation_w;
      if (x < 0 || x >= params.in_w) { continue; }
      let start = ((first_row + y) * params.in_w + x) * params.in_blocks;
      sum += channels(start, block) * weights[(ky * params.kernel_w + kx) * params.out_blocks + block];
    }
  }
  result[index] = finished(sum, index);
}
