// Average (mode 0) or maximum (mode 1) of a window, or the position of the maximum in the window, counted row
// by row, as a number (mode 2). Pixels outside the image do not count.

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let at = position_of(index);
  let left = at.x * params.stride_w - params.pad_w;
  let top = at.y * params.stride_h - params.pad_h;
  let x0 = max(left, 0);
  let x1 = min(left + params.kernel_w, params.in_w);
  let y0 = max(top, 0);
  let y1 = min(top + params.kernel_h, params.in_h);
  var sum = vec4<f32>(0.0);
  var most = image[start_of(at.first_row + y0, x0) + at.block];
  var argmax = vec4<f32>(f32((y0 - top) * params.kernel_w + x0 - left));
  for (var y = y0; y < y1; y++) {
    for (var x = x0; x < x1; x++) {
      let value = image[start_of(at.first_row + y, x) + at.block];
      sum += value;
      argmax = select(argmax, vec4<f32>(f32((y - top) * params.kernel_w + x - left)), value > most);
      most = max(most, value);
    }
  }
  switch params.mode {
    case 0: { result[index] = activate(sum / f32((x1 - x0) * (y1 - y0)), params.activation); }
    case 1: { result[index] = activate(most, params.activation); }
    default: { result[index] = argmax; }
  }
}
