// Each value at the position in its window that `positions` holds, as argmax.wgsl computes it; 0 elsewhere.

struct Params {
  count: i32,
  in_h: i32,
  in_w: i32,
  out_h: i32,
  out_w: i32,
  blocks: i32,
  kernel_h: i32,
  kernel_w: i32,
  stride_h: i32,
  stride_w: i32,
  pad_h: i32,
  pad_w: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> result: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> image: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> positions: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let block = index % params.blocks;
  let pixel = index / params.blocks;
  let row = pixel / params.out_w;
  let x = pixel % params.out_w + params.pad_w;
  let y = row % params.out_h + params.pad_h;
  let first_row = (row / params.out_h) * params.in_h;
  var value = vec4<f32>(0.0);
  // The windows that cover this pixel: the last one whose value is here counts.
  for (var wy = max(0, y - params.kernel_h + params.stride_h) / params.stride_h; wy * params.stride_h <= y; wy++) {
    for (var wx = max(0, x - params.kernel_w + params.stride_w) / params.stride_w; wx * params.stride_w <= x; wx++) {
      if (wy >= params.in_h || wx >= params.in_w) { continue; }
      let here = (y - wy * params.stride_h) * params.kernel_w + x - wx * params.stride_w;
      let at = ((first_row + wy) * params.in_w + wx) * params.blocks + block;
      value = select(value, image[at], vec4<i32>(positions[at]) == vec4<i32>(here));
    }
  }
  result[index] = value;
}
