// Convolutions with a window: conv.wgsl, depthwise.wgsl and transpose_conv.wgsl. Their Params are those of
// shared.wgsl.

import { VECTOR, activate, finish, int } from "./vectors";
import { add16, add4, begin, sum0, sum1, sum2, sum3 } from "./products";

/** Of `Params`, in bytes. */
export const enum At {
  count = 0,
  in_h = 4,
  in_w = 8,
  in_blocks = 12,
  out_h = 16,
  out_w = 20,
  out_blocks = 24,
  kernel_h = 28,
  kernel_w = 32,
  stride_h = 36,
  stride_w = 40,
  dilation_h = 44,
  dilation_w = 48,
  pad_h = 52,
  pad_w = 56,
  activation = 60,
  final_activation = 64,
  multiplier = 68,
  mode = 72,
}

export function conv(p: usize, result: usize, image: usize, weights: usize, bias: usize, addend: usize): void {
  const inH = int(p, At.in_h), inW = int(p, At.in_w), inBlocks = int(p, At.in_blocks);
  const outH = int(p, At.out_h), outW = int(p, At.out_w), outBlocks = int(p, At.out_blocks);
  const activation = int(p, At.activation), final = int(p, At.final_activation);
  const kernelH = int(p, At.kernel_h), kernelW = int(p, At.kernel_w);
  const dilationH = int(p, At.dilation_h), dilationW = int(p, At.dilation_w);
  const step = <usize>outBlocks * VECTOR;
  const tap = <usize>inBlocks * 4 * step;
  const pixels = int(p, At.count) / outBlocks;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const row = pixel / outW;
    const firstRow = (row / outH) * inH;
    const left = (pixel % outW) * int(p, At.stride_w) - int(p, At.pad_w);
    const top = (row % outH) * int(p, At.stride_h) - int(p, At.pad_h);
    for (let block = 0; block < outBlocks; ) {
      const wide = block + 4 <= outBlocks;
      const at = <usize>block * VECTOR;
      let sum = v128.load(bias + at);
      if (wide) begin(bias + at);
      for (let ky = 0; ky < kernelH; ky++) {
        const y = top + ky * dilationH;
        if (y < 0 || y >= inH) continue;
        for (let kx = 0; kx < kernelW; kx++) {
          const x = left + kx * dilationW;
          if (x < 0 || x >= inW) continue;
          const from = image + <usize>(((firstRow + y) * inW + x) * inBlocks) * VECTOR;
          const w = weights + <usize>(ky * kernelW + kx) * tap + at;
          if (wide) add16(from, inBlocks, w, step);
          else sum = add4(sum, from, inBlocks, w, step);
        }
      }
      const to = <usize>pixel * step + at;
      if (wide) {
        finish(sum0, result, addend, to, activation, final);
        finish(sum1, result, addend, to + 16, activation, final);
        finish(sum2, result, addend, to + 32, activation, final);
        finish(sum3, result, addend, to + 48, activation, final);
      } else {
        finish(sum, result, addend, to, activation, final);
      }
      block += wide ? 4 : 1;
    }
  }
}

/** A block of channels of an input pixel, for a depthwise convolution with several outputs a channel. */
function repeated(start: usize, block: i32, multiplier: i32, inBlocks: i32): v128 {
  const last = inBlocks * 4 - 1, c = block * 4;
  return f32x4(
    load<f32>(start + <usize>min(c / multiplier, last) * 4),
    load<f32>(start + <usize>min((c + 1) / multiplier, last) * 4),
    load<f32>(start + <usize>min((c + 2) / multiplier, last) * 4),
    load<f32>(start + <usize>min((c + 3) / multiplier, last) * 4),
  );
}

export function depthwise(p: usize, result: usize, image: usize, weights: usize, bias: usize, addend: usize): void {
  const inH = int(p, At.in_h), inW = int(p, At.in_w), inBlocks = int(p, At.in_blocks);
  const outH = int(p, At.out_h), outW = int(p, At.out_w), outBlocks = int(p, At.out_blocks);
  const activation = int(p, At.activation), final = int(p, At.final_activation);
  const kernelH = int(p, At.kernel_h), kernelW = int(p, At.kernel_w), multiplier = int(p, At.multiplier);
  const dilationH = int(p, At.dilation_h), dilationW = int(p, At.dilation_w);
  const strideW = int(p, At.stride_w), padW = int(p, At.pad_w);
  const rows = int(p, At.count) / (outBlocks * outW);
  const inSize = <usize>inBlocks * VECTOR, outSize = <usize>outBlocks * VECTOR;
  const ahead = <usize>strideW * inSize;
  const reach = (kernelW - 1) * dilationW;
  for (let row = 0; row < rows; row++) {
    const firstRow = (row / outH) * inH;
    const top = (row % outH) * int(p, At.stride_h) - int(p, At.pad_h);
    for (let column = 0; column < outW; ) {
      const left = column * strideW - padW;
      // Four columns at a time where all of their windows are inside the image.
      const wide = multiplier == 1 && column + 4 <= outW && left >= 0 && left + 3 * strideW + reach < inW;
      for (let block = 0; block < outBlocks; block++) {
        const at = <usize>block * VECTOR;
        let a = v128.load(bias + at), b = a, c = a, d = a;
        for (let ky = 0; ky < kernelH; ky++) {
          const y = top + ky * dilationH;
          if (y < 0 || y >= inH) continue;
          let w = weights + <usize>(ky * kernelW) * outSize + at;
          for (let kx = 0; kx < kernelW; kx++, w += outSize) {
            const x = left + kx * dilationW;
            if (x < 0 || x >= inW) continue;
            const weight = v128.load(w);
            const start = image + <usize>((firstRow + y) * inW + x) * inSize;
            if (multiplier != 1) {
              a = f32x4.add(a, f32x4.mul(repeated(start, block, multiplier, inBlocks), weight));
              continue;
            }
            const from = start + at;
            a = f32x4.add(a, f32x4.mul(v128.load(from), weight));
            if (!wide) continue;
            b = f32x4.add(b, f32x4.mul(v128.load(from + ahead), weight));
            c = f32x4.add(c, f32x4.mul(v128.load(from + 2 * ahead), weight));
            d = f32x4.add(d, f32x4.mul(v128.load(from + 3 * ahead), weight));
          }
        }
        const to = <usize>(row * outW + column) * outSize + at;
        finish(a, result, addend, to, activation, final);
        if (!wide) continue;
        finish(b, result, addend, to + outSize, activation, final);
        finish(c, result, addend, to + 2 * outSize, activation, final);
        finish(d, result, addend, to + 3 * outSize, activation, final);
      }
      column += wide ? 4 : 1;
    }
  }
}

export function transpose_conv(p: usize, result: usize, image: usize, weights: usize, bias: usize): void {
  const inH = int(p, At.in_h), inW = int(p, At.in_w), inBlocks = int(p, At.in_blocks);
  const outH = int(p, At.out_h), outW = int(p, At.out_w), outBlocks = int(p, At.out_blocks);
  const kernelH = int(p, At.kernel_h), kernelW = int(p, At.kernel_w), activation = int(p, At.activation);
  const strideH = int(p, At.stride_h), strideW = int(p, At.stride_w), padW = int(p, At.pad_w);
  const step = <usize>outBlocks * VECTOR;
  const tap = <usize>inBlocks * 4 * step;
  const rows = int(p, At.count) / (outBlocks * outW);
  for (let row = 0; row < rows; row++) {
    const firstRow = (row / outH) * inH;
    const top = (row % outH) + int(p, At.pad_h);
    let to = result + <usize>(row * outW) * step;
    // The input pixel and the first kernel column of an output column, counted on.
    let last = padW / strideW, kxFirst = padW % strideW;
    for (let column = 0; column < outW; column++, to += step) {
      for (let block = 0; block < outBlocks; ) {
        const wide = block + 4 <= outBlocks;
        const at = <usize>block * VECTOR;
        let sum = v128.load(bias + at);
        if (wide) begin(bias + at);
        // Input row y contributes with kernel row ky to output row y * stride - pad + ky.
        for (let ky = top % strideH, y = top / strideH; ky < kernelH && y >= 0; ky += strideH, y--) {
          if (y >= inH) continue;
          for (let kx = kxFirst, x = last; kx < kernelW && x >= 0; kx += strideW, x--) {
            if (x >= inW) continue;
            const from = image + <usize>(((firstRow + y) * inW + x) * inBlocks) * VECTOR;
            const w = weights + <usize>(ky * kernelW + kx) * tap + at;
            if (wide) add16(from, inBlocks, w, step);
            else sum = add4(sum, from, inBlocks, w, step);
          }
        }
        if (wide) {
          v128.store(to + at, activate(sum0, activation));
          v128.store(to + at, activate(sum1, activation), 16);
          v128.store(to + at, activate(sum2, activation), 32);
          v128.store(to + at, activate(sum3, activation), 48);
        } else {
          v128.store(to + at, activate(sum, activation));
        }
        block += wide ? 4 : 1;
      }
      if (++kxFirst == strideW) {
        kxFirst = 0;
        last++;
      }
    }
  }
}
