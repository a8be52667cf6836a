// Resizing, bilinear or to the nearest pixel. Output pixel i is at (i + half_in) * scale - half_out in the
// input.

struct Params {
  count: i32,
  in_h: i32,
  in_w: i32,
  in_blocks: i32,
  out_h: i32,
  out_w: i32,
  out_blocks: i32,
  is_nearest: i32,
  rounds: i32,
  scale_h: f32,
  scale_w: f32,
  half_in: f32,
  half_out: f32,
}

fn nearest(position: f32, size: i32) -> i32 {
  let near = select(floor(position), floor(position + 0.5), params.rounds != 0);
  return clamp(i32(near), 0, size - 1);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let to = position_of(index);
  let x = (f32(to.x) + params.half_in) * params.scale_w - params.half_out;
  let y = (f32(to.y) + params.half_in) * params.scale_h - params.half_out;
  if (params.is_nearest != 0) {
    let row = to.first_row + nearest(y, params.in_h);
    result[index] = image[start_of(row, nearest(x, params.in_w)) + to.block];
    return;
  }
  let x0 = clamp(i32(floor(x)), 0, params.in_w - 1);
  let y0 = clamp(i32(floor(y)), 0, params.in_h - 1) + to.first_row;
  let x1 = clamp(i32(floor(x)) + 1, 0, params.in_w - 1);
  let y1 = clamp(i32(floor(y)) + 1, 0, params.in_h - 1) + to.first_row;
  let above = mix(image[start_of(y0, x0) + to.block], image[start_of(y0, x1) + to.block], x - floor(x));
  let below = mix(image[start_of(y1, x0) + to.block], image[start_of(y1, x1) + to.block], x - floor(x));
  result[index] = mix(above, below, y - floor(y));
}
