// Convolution of single pixels (1x1, stride 1). One invocation computes four channels of four pixels, which
// share the weights it reads.
// weights: [input channel][output block]; channels and blocks are padded with zeros.

struct Params {
  count: i32,
  pixels: i32,
  in_blocks: i32,
  out_blocks: i32,
  activation: i32,
  final_activation: i32,
}

fn weigh(value: vec4<f32>, w0: vec4<f32>, w1: vec4<f32>, w2: vec4<f32>, w3: vec4<f32>) -> vec4<f32> {
  return value.x * w0 + value.y * w1 + value.z * w2 + value.w * w3;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = invocation(id, groups);
  if (index >= params.count) { return; }
  let step = params.out_blocks;
  let block = index % step;
  let pixel = (index / step) * 4;
  // The last invocations repeat the last pixel instead of reading past the end.
  let last = params.pixels - 1;
  let from0 = pixel * params.in_blocks;
  let from1 = min(pixel + 1, last) * params.in_blocks;
  let from2 = min(pixel + 2, last) * params.in_blocks;
  let from3 = min(pixel + 3, last) * params.in_blocks;
  var sum0 = bias[block];
  var sum1 = sum0;
  var sum2 = sum0;
  var sum3 = sum0;
  var at = block;
  for (var i = 0; i < params.in_blocks; i++) {
    let w0 = weights[at];
    let w1 = weights[at + step];
    let w2 = weights[at + 2 * step];
    let w3 = weights[at + 3 * step];
    sum0 += weigh(image[from0 + i], w0, w1, w2, w3);
    sum1 += weigh(image[from1 + i], w0, w1, w2, w3);
    sum2 += weigh(image[from2 + i], w0, w1, w2, w3);
    sum3 += weigh(image[from3 + i], w0, w1, w2, w3);
    at += 4 * step;
  }
  let to = pixel * step + block;
  result[to] = finished(sum0, to);
  if (pixel + 1 < params.pixels) { result[to + step] = finished(sum1, to + step); }
  if (pixel + 2 < params.pixels) { result[to + 2 * step] = finished(sum2, to + 2 * step); }
  if (pixel + 3 < params.pixels) { result[to + 3 * step] = finished(sum3, to + 3 * step); }
}
