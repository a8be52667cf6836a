// Kernels that move or resample values: reshape.wgsl, copy.wgsl, resize.wgsl, pool.wgsl.

import { At } from "./convolution";
import { VECTOR, activate, int, real } from "./vectors";

export function reshape(p: usize, result: usize, image: usize): void {
  const count = int(p, 0), inChannels = int(p, 4), outChannels = int(p, 8);
  const inSize = <usize>((inChannels + 3) >> 2) * VECTOR, outSize = <usize>((outChannels + 3) >> 2) * VECTOR;
  const pixels = count / ((outChannels + 3) >> 2);
  // Runs of channels that are together on both sides.
  let from = image, c = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const to = result + <usize>pixel * outSize;
    for (let filled = 0; filled < outChannels; ) {
      const run = min(outChannels - filled, inChannels - c);
      if (run == 1) store<f32>(to + <usize>filled * 4, load<f32>(from + <usize>c * 4));
      else memory.copy(to + <usize>filled * 4, from + <usize>c * 4, <usize>run * 4);
      filled += run;
      c += run;
      if (c == inChannels) {
        c = 0;
        from += inSize;
      }
    }
    for (let padding = <usize>outChannels * 4; padding < outSize; padding += 4) store<f32>(to + padding, 0.0);
  }
}

export function copy(p: usize, result: usize, image: usize): void {
  const boxY = int(p, 4), boxX = int(p, 8), boxC = int(p, 12);
  const fill = real(p, 92);
  const count = int(p, 88);
  for (let index = 0; index < count; index++) {
    const row = index / boxC, line = row / boxX;
    const n = line / boxY, y = line % boxY, x = row % boxX, c = index % boxC;
    let value = fill;
    if (
      n >= int(p, 16) && y >= int(p, 20) && x >= int(p, 24) && c >= int(p, 28) &&
      n < int(p, 32) && y < int(p, 36) && x < int(p, 40) && c < int(p, 44)
    ) {
      const from = int(p, 80) + n * int(p, 48) + y * int(p, 52) + x * int(p, 56) + c * int(p, 60);
      value = load<f32>(image + <usize>from * 4);
    }
    const to = int(p, 84) + n * int(p, 64) + y * int(p, 68) + x * int(p, 72) + c * int(p, 76);
    store<f32>(result + <usize>to * 4, value);
  }
}

// @ts-ignore: decorator
@inline
function mix(a: v128, b: v128, part: f32): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), f32x4.splat(part)));
}

function nearest(position: f32, size: i32, rounds: bool): i32 {
  return max(0, min(<i32>(rounds ? floor<f32>(position + 0.5) : floor<f32>(position)), size - 1));
}

export function resize(p: usize, result: usize, image: usize): void {
  const inH = int(p, 4), inW = int(p, 8), blocks = int(p, 12), outH = int(p, 16), outW = int(p, 20);
  const isNearest = int(p, 28) != 0, rounds = int(p, 32) != 0;
  const scaleH = real(p, 36), scaleW = real(p, 40), halfIn = real(p, 44), halfOut = real(p, 48);
  const size = <usize>blocks * VECTOR;
  const pixels = int(p, 0) / int(p, 24);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const row = pixel / outW;
    const first = (row / outH) * inH;
    const x = (<f32>(pixel % outW) + halfIn) * scaleW - halfOut;
    const y = (<f32>(row % outH) + halfIn) * scaleH - halfOut;
    const to = result + <usize>pixel * size;
    if (isNearest) {
      const from = image + <usize>((first + nearest(y, inH, rounds)) * inW + nearest(x, inW, rounds)) * size;
      memory.copy(to, from, size);
      continue;
    }
    const left = <i32>floor<f32>(x), top = <i32>floor<f32>(y);
    const x0 = max(0, min(left, inW - 1)), x1 = max(0, min(left + 1, inW - 1));
    const y0 = first + max(0, min(top, inH - 1)), y1 = first + max(0, min(top + 1, inH - 1));
    const across = x - floor<f32>(x), down = y - floor<f32>(y);
    const a = image + <usize>(y0 * inW + x0) * size, b = image + <usize>(y0 * inW + x1) * size;
    const c = image + <usize>(y1 * inW + x0) * size, d = image + <usize>(y1 * inW + x1) * size;
    for (let at: usize = 0; at < size; at += VECTOR) {
      const above = mix(v128.load(a + at), v128.load(b + at), across);
      const below = mix(v128.load(c + at), v128.load(d + at), across);
      v128.store(to + at, mix(above, below, down));
    }
  }
}

export function pool(p: usize, result: usize, image: usize): void {
  const inH = int(p, At.in_h), inW = int(p, At.in_w), blocks = int(p, At.in_blocks);
  const outH = int(p, At.out_h), outW = int(p, At.out_w), outBlocks = int(p, At.out_blocks);
  const kernelW = int(p, At.kernel_w), activation = int(p, At.activation), mode = int(p, At.mode);
  const count = int(p, At.count);
  for (let index = 0; index < count; index++) {
    const block = index % outBlocks, pixel = index / outBlocks;
    const row = pixel / outW;
    const first = (row / outH) * inH;
    const left = (pixel % outW) * int(p, At.stride_w) - int(p, At.pad_w);
    const top = (row % outH) * int(p, At.stride_h) - int(p, At.pad_h);
    const x0 = max(left, 0), x1 = min(left + kernelW, inW);
    const y0 = max(top, 0), y1 = min(top + int(p, At.kernel_h), inH);
    let sum = f32x4.splat(0.0);
    let most = v128.load(image + <usize>(((first + y0) * inW + x0) * blocks + block) * VECTOR);
    let place = f32x4.splat(<f32>((y0 - top) * kernelW + x0 - left));
    for (let y = y0; y < y1; y++) {
      for (let x = x0; x < x1; x++) {
        const value = v128.load(image + <usize>(((first + y) * inW + x) * blocks + block) * VECTOR);
        sum = f32x4.add(sum, value);
        place = v128.bitselect(f32x4.splat(<f32>((y - top) * kernelW + x - left)), place, f32x4.gt(value, most));
        most = f32x4.max(most, value);
      }
    }
    let value = place;
    if (mode == 0) value = activate(f32x4.div(sum, f32x4.splat(<f32>((x1 - x0) * (y1 - y0)))), activation);
    else if (mode == 1) value = activate(most, activation);
    v128.store(result + <usize>index * VECTOR, value);
  }
}
