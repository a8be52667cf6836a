// Average or maximum of a window; what lies past the border does not count.

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

fn activate(x: vec4<f32>, kind: i32) -> vec4<f32> {
  switch kind {
    case 1: { return max(x, vec4<f32>(0.0)); }
    case 2: { return clamp(x, vec4<f32>(-1.0), vec4<f32>(1.0)); }
    case 3: { return clamp(x, vec4<f32>(0.0), vec4<f32>(6.0)); }
    // Beyond 15 it is 1 in float32, and some drivers overflow.
    case 4: { return tanh(clamp(x, vec4<f32>(-15.0), vec4<f32>(15.0))); }
    case 6: { return x * clamp(x + 3.0, vec4<f32>(0.0), vec4<f32>(6.0)) / 6.0; }
    case 7: { return 1.0 / (1.0 + exp(-x)); }
    default: { return x; }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = i32(id.x + id.y * groups.x * 64u);
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
