// Resizing, bilinear or to the nearest pixel. Output pixel i is at (i + half_in) * scale - half_out in the
// input.

struct Params {
  count: i32,
  in_h: i32,
  in_w: i32,
  out_h: i32,
  out_w: i32,
  blocks: i32,
  is_nearest: i32,
  rounds: i32,
  scale_h: f32,
  scale_w: f32,
  half_in: f32,
  half_out: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> result: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> image: array<vec4<f32>>;

fn at(row: i32, x: i32, block: i32) -> vec4<f32> {
  return image[(row * params.in_w + x) * params.blocks + block];
}

fn nearest(position: f32, size: i32) -> i32 {
  let near = select(floor(position), floor(position + 0.5), params.rounds != 0);
  return clamp(i32(near), 0, size - 1);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let block = index % params.blocks;
  let pixel = index / params.blocks;
  let row = pixel / params.out_w;
  let x = (f32(pixel % params.out_w) + params.half_in) * params.scale_w - params.half_out;
  let y = (f32(row % params.out_h) + params.half_in) * params.scale_h - params.half_out;
  let first_row = (row / params.out_h) * params.in_h;
  if (params.is_nearest != 0) {
    result[index] = at(first_row + nearest(y, params.in_h), nearest(x, params.in_w), block);
    return;
  }
  let x0 = clamp(i32(floor(x)), 0, params.in_w - 1);
  let y0 = clamp(i32(floor(y)), 0, params.in_h - 1);
  let x1 = clamp(i32(floor(x)) + 1, 0, params.in_w - 1);
  let y1 = clamp(i32(floor(y)) + 1, 0, params.in_h - 1);
  let above = mix(at(first_row + y0, x0, block), at(first_row + y0, x1, block), x - floor(x));
  let below = mix(at(first_row + y1, x0, block), at(first_row + y1, x1, block), x - floor(x));
  result[index] = mix(above, below, y - floor(y));
}
