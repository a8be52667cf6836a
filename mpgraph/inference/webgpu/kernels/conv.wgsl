// Convolution. One invocation computes four channels of one pixel.

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
      sum = weighted(sum, start_of(at.first_row + y, x), ky * params.kernel_w + kx, at.block);
    }
  }
  result[index] = finished(sum, index);
}
