// Transposed convolution. One invocation computes four channels of one pixel, from the input pixels whose
// windows cover it.
// weights: [kernel_h][kernel_w][input channel][output block]; channels and blocks are padded with zeros.

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
  pad_h: i32,
  pad_w: i32,
  activation: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> result: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> image: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> bias: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let step = params.out_blocks;
  let block = index % step;
  let pixel = index / step;
  let row = pixel / params.out_w;
  let left = pixel % params.out_w + params.pad_w;
  let top = row % params.out_h + params.pad_h;
  let first_row = (row / params.out_h) * params.in_h;
  var sum = bias[block];
  // Input row y contributes with kernel row ky to output row y * stride - pad + ky.
  for (var ky = top % params.stride_h; ky < params.kernel_h; ky += params.stride_h) {
    let y = (top - ky) / params.stride_h;
    if (top < ky || y >= params.in_h) { continue; }
    for (var kx = left % params.stride_w; kx < params.kernel_w; kx += params.stride_w) {
      let x = (left - kx) / params.stride_w;
      if (left < kx || x >= params.in_w) { continue; }
      let start = ((first_row + y) * params.in_w + x) * params.in_blocks;
      var at = (ky * params.kernel_w + kx) * params.in_blocks * 4 * step + block;
      for (var i = start; i < start + params.in_blocks; i++) {
        let value = image[i];
        sum += value.x * weights[at];
        sum += value.y * weights[at + step];
        sum += value.z * weights[at + 2 * step];
        sum += value.w * weights[at + 3 * step];
        at += 4 * step;
      }
    }
  }
  result[index] = activate(sum, params.activation);
}
