// Binary operators, elementwise. A step of 0 repeats an operand along an axis; a block step of 0 repeats its
// first channel.

struct Params {
  first_step: vec4<i32>,
  second_step: vec4<i32>,
  count: i32,
  out_h: i32,
  out_w: i32,
  out_channels: i32,
  operation: i32,
  activation: i32,
}

@group(0) @binding(3) var<storage, read> second: array<vec4<f32>>;

fn combine(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  switch params.operation {
    case 0: { return a + b; }
    case 1: { return a - b; }
    case 2: { return a * b; }
    case 3: { return a / b; }
    case 4: { return max(a, b); }
    case 5: { return min(a, b); }
    case 6: { return (a - b) * (a - b); }
    // PRELU: the second operand is the slope below zero.
    default: { return select(a * b, a, a >= vec4<f32>(0.0)); }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let blocks = (params.out_channels + 3) / 4;
  let block = index % blocks;
  let pixel = index / blocks;
  let row = pixel / params.out_w;
  let at = vec4<i32>(row / params.out_h, row % params.out_h, pixel % params.out_w, block);
  var a = image[dot4(at, params.first_step)];
  var b = second[dot4(at, params.second_step)];
  if (params.first_step.w == 0) { a = vec4<f32>(a.x); }
  if (params.second_step.w == 0) { b = vec4<f32>(b.x); }
  let value = activate(combine(a, b), params.activation);
  // 0 / 0 in the padding would spread to real channels later.
  result[index] = without_padding(value, block, params.out_channels);
}
