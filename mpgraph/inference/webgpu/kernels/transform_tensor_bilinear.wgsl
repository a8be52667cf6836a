// The crop of a feature map that a matrix describes, interpolated bilinearly, zero outside the map.

struct Params {
  count: i32,
  in_h: i32,
  in_w: i32,
  out_w: i32,
  blocks: i32,
}

@group(0) @binding(3) var<storage, read> matrix: array<vec4<f32>>;

// A row of the matrix, which is for coordinates of pixel centers, applied to those of pixel corners.
fn through(row: vec4<f32>, x: f32, y: f32) -> f32 {
  return row.x * x + row.y * y + (row.w + 0.5 * (row.x + row.y - 1.0));
}

fn feature(x: i32, y: i32, block: i32) -> vec4<f32> {
  return image[(min(y, params.in_h - 1) * params.in_w + min(x, params.in_w - 1)) * params.blocks + block];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let block = index % params.blocks;
  let pixel = index / params.blocks;
  let column = f32(pixel % params.out_w);
  let row = f32(pixel / params.out_w);
  let x = through(matrix[0], column, row);
  let y = through(matrix[1], column, row);
  var value = vec4<f32>(0.0);
  if (x >= 0.0 && y >= 0.0 && x <= f32(params.in_w - 1) && y <= f32(params.in_h - 1)) {
    let left = i32(x);
    let top = i32(y);
    let from_left = x - f32(left);
    let above = mix(feature(left, top, block), feature(left + 1, top, block), from_left);
    let below = mix(feature(left, top + 1, block), feature(left + 1, top + 1, block), from_left);
    value = mix(above, below, y - f32(top));
  }
  result[index] = value;
}
