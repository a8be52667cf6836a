// Convolution of single pixels, as pointwise.wgsl: two pixels and 16 channels at a time, which share the weights.

import { VECTOR, finish, int } from "./vectors";

// @ts-ignore: decorator
@inline
function madd(sum: v128, value: v128, weight: v128): v128 {
  return f32x4.add(sum, f32x4.mul(value, weight));
}

export function pointwise(p: usize, result: usize, image: usize, weights: usize, bias: usize, addend: usize): void {
  const pixels = int(p, 4), activation = int(p, 16), final = int(p, 20);
  const inSize = <usize>int(p, 8) * VECTOR, outSize = <usize>int(p, 12) * VECTOR;
  for (let pixel = 0; pixel < pixels; pixel += 2) {
    const first = image + <usize>pixel * inSize;
    // The last invocation repeats the last pixel instead of reading past the end.
    const second = pixel + 1 < pixels ? first + inSize : first;
    const to = <usize>pixel * outSize;
    const next = second == first ? to : to + outSize;
    let block: usize = 0;
    for (; block + 64 <= outSize; block += 64) {
      let a0 = v128.load(bias + block), b0 = v128.load(bias + block, 16);
      let c0 = v128.load(bias + block, 32), d0 = v128.load(bias + block, 48);
      let a1 = a0, b1 = b0, c1 = c0, d1 = d0;
      let at = weights + block;
      for (let i: usize = 0; i < inSize; i += 4) {
        const x = v128.load32_splat(first + i), y = v128.load32_splat(second + i);
        const wa = v128.load(at), wb = v128.load(at, 16), wc = v128.load(at, 32), wd = v128.load(at, 48);
        a0 = madd(a0, x, wa);
        b0 = madd(b0, x, wb);
        c0 = madd(c0, x, wc);
        d0 = madd(d0, x, wd);
        a1 = madd(a1, y, wa);
        b1 = madd(b1, y, wb);
        c1 = madd(c1, y, wc);
        d1 = madd(d1, y, wd);
        at += outSize;
      }
      finish(a0, result, addend, to + block, activation, final);
      finish(b0, result, addend, to + block + 16, activation, final);
      finish(c0, result, addend, to + block + 32, activation, final);
      finish(d0, result, addend, to + block + 48, activation, final);
      if (next == to) continue;
      finish(a1, result, addend, next + block, activation, final);
      finish(b1, result, addend, next + block + 16, activation, final);
      finish(c1, result, addend, next + block + 32, activation, final);
      finish(d1, result, addend, next + block + 48, activation, final);
    }
    for (; block < outSize; block += 16) {
      let a0 = v128.load(bias + block);
      let a1 = a0;
      let at = weights + block;
      for (let i: usize = 0; i < inSize; i += 4) {
        const weight = v128.load(at);
        a0 = madd(a0, v128.load32_splat(first + i), weight);
        a1 = madd(a1, v128.load32_splat(second + i), weight);
        at += outSize;
      }
      finish(a0, result, addend, to + block, activation, final);
      if (next != to) finish(a1, result, addend, next + block, activation, final);
    }
  }
}
