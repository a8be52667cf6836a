// Declarations for the kernels of this folder, each of which gets those that it uses. Values have their
// channels in blocks of four.

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> result: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> image: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> addend: array<vec4<f32>>;

// Of kernels with a sliding window; the others declare their own.
struct Params {
  count: i32,
  in_h: i32,
  in_w: i32,
  in_blocks: i32,
  out_h: i32,
  out_w: i32,
  out_blocks: i32,
  kernel_h: i32,
  kernel_w: i32,
  stride_h: i32,
  stride_w: i32,
  dilation_h: i32,
  dilation_w: i32,
  pad_h: i32,
  pad_w: i32,
  activation: i32,
  final_activation: i32, // -1: nothing is added
  multiplier: i32,       // of depthwise: output channels for each input channel
  mode: i32,             // of pool
}

// The number of an invocation; dispatches spread over x and y, since one dimension is limited.
fn invocation(id: vec3<u32>, groups: vec3<u32>) -> i32 {
  return i32(id.x + id.y * groups.x * 64u);
}

fn dot4(a: vec4<i32>, b: vec4<i32>) -> i32 {
  return a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
}

// A block of channels of an output pixel, and the first row of its image among all rows of the input.
struct Position {
  block: i32,
  x: i32,
  y: i32,
  first_row: i32,
}

fn position_of(index: i32) -> Position {
  let pixel = index / params.out_blocks;
  let row = pixel / params.out_w;
  let first_row = (row / params.out_h) * params.in_h;
  return Position(index % params.out_blocks, pixel % params.out_w, row % params.out_h, first_row);
}

// The index of the first block of an input pixel. row: among all rows of the input.
fn start_of(row: i32, x: i32) -> i32 {
  return (row * params.in_w + x) * params.in_blocks;
}

// Adds the products of an input pixel's channels, from the index `start` on, and the weights for one position
// in the window. weights: [kernel_h][kernel_w][input channel][output block]; channels and blocks are padded
// with zeros.
fn weighted(sum: vec4<f32>, start: i32, tap: i32, block: i32) -> vec4<f32> {
  let step = params.out_blocks;
  var total = sum;
  var at = tap * params.in_blocks * 4 * step + block;
  for (var i = start; i < start + params.in_blocks; i++) {
    let value = image[i];
    total += value.x * weights[at];
    total += value.y * weights[at + step];
    total += value.z * weights[at + 2 * step];
    total += value.w * weights[at + 3 * step];
    at += 4 * step;
  }
  return total;
}

// The result at the index `at`: the activated sum, plus the addend unless final_activation is -1.
fn finished(sum: vec4<f32>, at: i32) -> vec4<f32> {
  let value = activate(sum, params.activation);
  if (params.final_activation < 0) { return value; }
  return activate(value + addend[at], params.final_activation);
}

// The activation functions, numbered as in fusing.py.
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

// A block of channels with zeros in the lanes past the last channel.
fn without_padding(value: vec4<f32>, block: i32, channels: i32) -> vec4<f32> {
  let lanes = vec4<i32>(block * 4) + vec4<i32>(0, 1, 2, 3);
  return select(vec4<f32>(0.0), value, lanes < vec4<i32>(channels));
}
