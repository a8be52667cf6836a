// Sums of products of an input pixel's channels and weights: the inner loops of the convolutions.
// weights: [input channel][output block]; `step` is the distance of two input channels in bytes.

import { VECTOR } from "./vectors";

/** Four sums of a pixel: 16 output channels. Globals, since functions return one value. */
export let sum0: v128 = f32x4.splat(0);
export let sum1: v128 = f32x4.splat(0);
export let sum2: v128 = f32x4.splat(0);
export let sum3: v128 = f32x4.splat(0);

/** Begin with the bias of 16 channels. */
// @ts-ignore: decorator
@inline
export function begin(bias: usize): void {
  sum0 = v128.load(bias);
  sum1 = v128.load(bias, 16);
  sum2 = v128.load(bias, 32);
  sum3 = v128.load(bias, 48);
}

// @ts-ignore: decorator
@inline
function madd(sum: v128, value: v128, weights: usize): v128 {
  return f32x4.add(sum, f32x4.mul(value, v128.load(weights)));
}

/** Add a pixel's products to the four sums. */
export function add16(pixel: usize, blocks: i32, weights: usize, step: usize): void {
  let a = sum0, b = sum1, c = sum2, d = sum3;
  let at = weights;
  for (let end = pixel + <usize>blocks * VECTOR; pixel < end; pixel += 4) {
    const value = v128.load32_splat(pixel);
    a = madd(a, value, at);
    b = madd(b, value, at + 16);
    c = madd(c, value, at + 32);
    d = madd(d, value, at + 48);
    at += step;
  }
  sum0 = a;
  sum1 = b;
  sum2 = c;
  sum3 = d;
}

/** Add a pixel's products to one sum: 4 output channels. */
export function add4(sum: v128, pixel: usize, blocks: i32, weights: usize, step: usize): v128 {
  let at = weights;
  for (let end = pixel + <usize>blocks * VECTOR; pixel < end; pixel += 4) {
    sum = madd(sum, v128.load32_splat(pixel), at);
    at += step;
  }
  return sum;
}
