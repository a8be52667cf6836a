// Each value at the position in its window that `positions` holds, as pool.wgsl computes it; 0 elsewhere.

@group(0) @binding(3) var<storage, read> positions: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let to = position_of(index);
  let x = to.x + params.pad_w;
  let y = to.y + params.pad_h;
  var value = vec4<f32>(0.0);
  // The windows that cover this pixel: the last one whose value is here counts.
  for (var wy = max(0, y - params.kernel_h + params.stride_h) / params.stride_h; wy * params.stride_h <= y; wy++) {
    for (var wx = max(0, x - params.kernel_w + params.stride_w) / params.stride_w; wx * params.stride_w <= x; wx++) {
      if (wy >= params.in_h || wx >= params.in_w) { continue; }
      let here = (y - wy * params.stride_h) * params.kernel_w + x - wx * params.stride_w;
      let at = start_of(to.first_row + wy, wx) + to.block;
      value = select(value, image[at], vec4<i32>(positions[at]) == vec4<i32>(here));
    }
  }
  result[index] = value;
}
