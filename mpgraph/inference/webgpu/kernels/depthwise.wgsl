// Convolution of each channel on its own. One invocation computes four channels of one pixel.
// weights: [kernel_h][kernel_w][output block]. Output channel c reads input channel c / multiplier.

fn channel(start: i32, out_channel: i32) -> f32 {
  let c = min(out_channel / params.multiplier, params.in_blocks * 4 - 1);
  return image[start + c / 4][c % 4];
}

fn channels(start: i32, block: i32) -> vec4<f32> {
  if (params.multiplier == 1) { return image[start + block]; }
  let c = block * 4;
  return vec4<f32>(channel(start, c), channel(start, c + 1), channel(start, c + 2), channel(start, c + 3));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let at = position_of(index);
  let left = at.x * params.stride_w - params.pad_w;
  let top = at.y * params.stride_h - params.pad_h;
  var sum = bias[at.block];
  for (var ky = 0; ky < params.kernel_h; ky++) {
    let y = top + ky * params.dilation_h;
    if (y < 0 || y >= params.in_h) { continue; }
    for (var kx = 0; kx < params.kernel_w; kx++) {
      let x = left + kx * params.dilation_w;
      if (x < 0 || x >= params.in_w) { continue; }
      let tap = ky * params.kernel_w + kx;
      sum += channels(start_of(at.first_row + y, x), at.block) * weights[tap * params.out_blocks + at.block];
    }
  }
  result[index] = finished(sum, index);
}
