// Average or maximum of a window; pixels outside the image are not counted.

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
  activation: i32,
  is_max: i32,
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
  let x0 = max(left, 0);
  let x1 = min(left + params.kernel_w, params.in_w);
  let y0 = max(top, 0);
  let y1 = min(top + params.kernel_h, params.in_h);
  var sum = vec4<f32>(0.0);
  var most = image[((first_row + y0) * params.in_w + x0) * params.blocks + block];
  for (var y = y0; y < y1; y++) {
    for (var x = x0; x < x1; x++) {
      let value = image[((first_row + y) * params.in_w + x) * params.blocks + block];
      sum += value;
      most = max(most, value);
    }
  }
  let mean = sum / f32((x1 - x0) * (y1 - y0));
  result[index] = activate(select(mean, most, params.is_max != 0), params.activation);
}
