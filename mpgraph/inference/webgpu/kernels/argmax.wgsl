// The position of the maximum in its window, counted row by row, as a number.

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

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let block = index % params.blocks;
  let pixel = index / params.blocks;
  let row = pixel / params.out_w;
  let left = (pixel % params.out_w) * params.stride_w - params.pad_w;
  let top = (row % params.out_h) * params.stride_h - params.pad_h;
  let first_row = (row / params.out_h) * params.in_h;
  var most = vec4<f32>(0.0);
  var position = vec4<f32>(-1.0);
  for (var ky = max(0, -top); ky < min(params.kernel_h, params.in_h - top); ky++) {
    for (var kx = max(0, -left); kx < min(params.kernel_w, params.in_w - left); kx++) {
      let value = image[((first_row + top + ky) * params.in_w + left + kx) * params.blocks + block];
      let larger = (value > most) | (position < vec4<f32>(0.0));
      most = select(most, value, larger);
      position = select(position, vec4<f32>(f32(ky * params.kernel_w + kx)), larger);
    }
  }
  result[index] = position;
}
