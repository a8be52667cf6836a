// Transposed convolution. One invocation computes four channels of one pixel, from the input pixels whose
// windows cover it.

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let at = position_of(index);
  let left = at.x + params.pad_w;
  let top = at.y + params.pad_h;
  var sum = bias[at.block];
  // Input row y contributes with kernel row ky to output row y * stride - pad + ky.
  for (var ky = top % params.stride_h; ky < params.kernel_h; ky += params.stride_h) {
    let y = (top - ky) / params.stride_h;
    if (top < ky || y >= params.in_h) { continue; }
    for (var kx = left % params.stride_w; kx < params.kernel_w; kx += params.stride_w) {
      let x = (left - kx) / params.stride_w;
      if (left < kx || x >= params.in_w) { continue; }
      sum = weighted(sum, start_of(at.first_row + y, x), ky * params.kernel_w + kx, at.block);
    }
  }
  result[index] = activate(sum, params.activation);
}
