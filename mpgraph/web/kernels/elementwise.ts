// Kernels that compute each value from few others: binary.wgsl, unary.wgsl, mean.wgsl, softmax.wgsl.

import { VECTOR, activate, exp, int, real, withoutPadding } from "./vectors";

function combine(operation: i32, a: v128, b: v128): v128 {
  switch (operation) {
    case 0:
      return f32x4.add(a, b);
    case 1:
      return f32x4.sub(a, b);
    case 2:
      return f32x4.mul(a, b);
    case 3:
      return f32x4.div(a, b);
    case 4:
      return f32x4.max(a, b);
    case 5:
      return f32x4.min(a, b);
    case 6: {
      const difference = f32x4.sub(a, b);
      return f32x4.mul(difference, difference);
    }
    default:
      // PRELU: the second operand is the slope below zero.
      return v128.bitselect(a, f32x4.mul(a, b), f32x4.ge(a, f32x4.splat(0.0)));
  }
}

/** Sums and products of `blocks` blocks in a row, the most frequent operations, without a decision for each. */
// @ts-ignore: decorator
@inline
function plain(operation: i32, to: usize, a: usize, b: usize, blocks: i32): void {
  const end = to + <usize>blocks * VECTOR;
  if (operation == 0) {
    for (; to < end; to += VECTOR, a += VECTOR, b += VECTOR) v128.store(to, f32x4.add(v128.load(a), v128.load(b)));
  } else {
    for (; to < end; to += VECTOR, a += VECTOR, b += VECTOR) v128.store(to, f32x4.mul(v128.load(a), v128.load(b)));
  }
}

export function binary(p: usize, result: usize, first: usize, second: usize): void {
  const count = int(p, 32), outH = int(p, 36), outW = int(p, 40), channels = int(p, 44);
  const operation = int(p, 48), activation = int(p, 52);
  const blocks = (channels + 3) >> 2;
  // A block step of 0 repeats an operand's first channel.
  const aStep = int(p, 12), bStep = int(p, 28);
  const isPlain = (operation == 0 || operation == 2) && activation == 0 && (channels & 3) == 0 && aStep == 1 && bStep == 1;
  // Whole rows, if both operands have all their pixels.
  const isWhole = int(p, 8) == blocks && int(p, 24) == blocks;
  const pixels = isPlain && isWhole ? outW : 1;
  for (let index = 0; index < count; ) {
    const pixel = index / blocks;
    const row = pixel / outW;
    const n = row / outH, y = row % outH, x = pixel % outW;
    const a = first + <usize>(n * int(p, 0) + y * int(p, 4) + x * int(p, 8)) * VECTOR;
    const b = second + <usize>(n * int(p, 16) + y * int(p, 20) + x * int(p, 24)) * VECTOR;
    const to = result + <usize>index * VECTOR;
    index += blocks * pixels;
    if (isPlain) {
      plain(operation, to, a, b, blocks * pixels);
      continue;
    }
    for (let block = 0; block < blocks; block++) {
      const left = aStep ? v128.load(a + <usize>(block * aStep) * VECTOR) : v128.load32_splat(a);
      const right = bStep ? v128.load(b + <usize>(block * bStep) * VECTOR) : v128.load32_splat(b);
      const value = activate(combine(operation, left, right), activation);
      // 0 / 0 in the padding would spread to real channels later.
      v128.store(to + <usize>block * VECTOR, block * 4 + 4 <= channels ? value : withoutPadding(value, block, channels));
    }
  }
}

export function unary(p: usize, result: usize, image: usize): void {
  const size = <usize>int(p, 0) * VECTOR, activation = int(p, 4);
  for (let at: usize = 0; at < size; at += VECTOR) {
    v128.store(result + at, activate(v128.load(image + at), activation));
  }
}

export function mean(p: usize, result: usize, image: usize): void {
  const count = int(p, 0), pixels = int(p, 4), blocks = int(p, 8), activation = int(p, 12);
  const step = <usize>blocks * VECTOR;
  for (let index = 0; index < count; index++) {
    let from = image + (<usize>(index / blocks) * pixels * blocks + (index % blocks)) * VECTOR;
    let sum = f32x4.splat(0.0);
    for (let i = 0; i < pixels; i++, from += step) sum = f32x4.add(sum, v128.load(from));
    const value = f32x4.div(sum, f32x4.splat(<f32>pixels));
    v128.store(result + <usize>index * VECTOR, activate(value, activation));
  }
}

export function softmax(p: usize, result: usize, image: usize): void {
  const count = int(p, 0), channels = int(p, 4), beta = f32x4.splat(real(p, 8));
  const blocks = (channels + 3) >> 2;
  for (let index = 0; index < count; index++) {
    const start = <usize>(index * blocks) * VECTOR;
    let most = load<f32>(image + start);
    for (let c = 1; c < channels; c++) most = max(most, load<f32>(image + start + <usize>c * 4));
    let sum = f32x4.splat(0.0);
    for (let i = 0; i < blocks; i++) {
      const at = start + <usize>i * VECTOR;
      const power = exp(f32x4.mul(f32x4.sub(v128.load(image + at), f32x4.splat(most)), beta));
      const value = withoutPadding(power, i, channels);
      v128.store(result + at, value);
      sum = f32x4.add(sum, value);
    }
    const total = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3);
    for (let i = 0; i < blocks; i++) {
      const at = result + start + <usize>i * VECTOR;
      v128.store(at, f32x4.div(v128.load(at), f32x4.splat(total)));
    }
  }
}
