// Images seen through an affine map: warp.wgsl and sample_tensor.wgsl.

import { bilinear, clamp, columns, findColumns, mix, pack, pack4, shares, texel, unpack, vectorRow } from "./pixels";
import { int, real } from "./vectors";

/** Catmull-Rom's weights of four neighbours, for a position this far behind the second. */
function cubicWeights(part: f32): v128 {
  return f32x4(
    part * (-0.5 + part * (1.0 - 0.5 * part)),
    1.0 + part * part * (-2.5 + 1.5 * part),
    part * (0.5 + part * (2.0 - 1.5 * part)),
    part * part * (-0.5 + 0.5 * part),
  );
}

/** Four neighbours in a row, weighted. */
function cubicRow(image: usize, width: i32, height: i32, x: i32, y: i32, weights: v128): v128 {
  let sum = f32x4.mul(texel(image, width, height, x - 1, y), f32x4.splat(f32x4.extract_lane(weights, 0)));
  sum = f32x4.add(sum, f32x4.mul(texel(image, width, height, x, y), f32x4.splat(f32x4.extract_lane(weights, 1))));
  sum = f32x4.add(sum, f32x4.mul(texel(image, width, height, x + 1, y), f32x4.splat(f32x4.extract_lane(weights, 2))));
  return f32x4.add(sum, f32x4.mul(texel(image, width, height, x + 2, y), f32x4.splat(f32x4.extract_lane(weights, 3))));
}

function bicubic(image: usize, width: i32, height: i32, x: f32, y: f32): v128 {
  const left = floor<f32>(x), top = floor<f32>(y);
  const across = cubicWeights(x - left), down = cubicWeights(y - top);
  const x0 = <i32>left, y0 = <i32>top;
  let sum = f32x4.mul(cubicRow(image, width, height, x0, y0 - 1, across), f32x4.splat(f32x4.extract_lane(down, 0)));
  sum = f32x4.add(sum, f32x4.mul(cubicRow(image, width, height, x0, y0, across), f32x4.splat(f32x4.extract_lane(down, 1))));
  sum = f32x4.add(sum, f32x4.mul(cubicRow(image, width, height, x0, y0 + 1, across), f32x4.splat(f32x4.extract_lane(down, 2))));
  return f32x4.add(sum, f32x4.mul(cubicRow(image, width, height, x0, y0 + 2, across), f32x4.splat(f32x4.extract_lane(down, 3))));
}

/** A map without rotation, whose edges are repeated: each row is mixed once, then its pixels. */
function scale(p: usize, target: usize, image: usize, imageWidth: i32, imageHeight: i32): void {
  const width = int(p, 48), height = int(p, 52);
  const a = real(p, 0), c = real(p, 8), e = real(p, 20), f = real(p, 24);
  // Mirrored or cut out only: pixels fall on pixels.
  const first = a * 0.5 + c - 0.5;
  const isExact = abs<f32>(a) == 1.0 && first == floor<f32>(first);
  findColumns(width, a, c, imageWidth - 1);
  for (let row = 0; row < height; row++) {
    const y = e * (<f32>row + 0.5) + f - 0.5;
    const top = floor<f32>(y);
    const part = y - top;
    const above = image + (<usize>(clamp(<i32>top, imageHeight - 1) * imageWidth) << 2);
    const below = image + (<usize>(clamp(<i32>top + 1, imageHeight - 1) * imageWidth) << 2);
    const to = target + (<usize>(row * width) << 2);
    if (isExact && part == 0.0) {
      for (let at: usize = 0, end = <usize>width << 2; at < end; at += 4) {
        store<u32>(to + at, load<u32>(above + (<usize>load<i32>(columns + at) << 2)));
      }
      continue;
    }
    for (let x = 0; x < imageWidth; x++) {
      const at = <usize>x << 2;
      v128.store(vectorRow + (at << 2), mix(unpack(above + at), unpack(below + at), part));
    }
    v128.store(vectorRow + (<usize>imageWidth << 4), v128.load(vectorRow + (<usize>(imageWidth - 1) << 4)));
    let column = 0;
    for (; column + 4 <= width; column += 4) {
      const at = <usize>column << 2;
      pack4(to + at, between(at), between(at + 4), between(at + 8), between(at + 12));
    }
    for (; column < width; column++) pack(to + (<usize>column << 2), between(<usize>column << 2));
  }
}

/** The pixel of the output column at an offset in `columns`. */
// @ts-ignore: decorator
@inline
function between(at: usize): v128 {
  const from = vectorRow + (<usize>load<i32>(columns + at) << 4);
  const a = v128.load(from);
  return f32x4.add(a, f32x4.mul(f32x4.sub(v128.load(from, 16), a), v128.load32_splat(shares + at)));
}

export function warp(p: usize, target: usize, image: usize, imageWidth: i32, imageHeight: i32): void {
  const width = int(p, 48), height = int(p, 52), method = int(p, 56);
  const hasBorder = int(p, 60) != 0;
  const isAligned = real(p, 4) == 0.0 && real(p, 16) == 0.0;
  // Beyond that, mixing whole rows costs more than it saves.
  if (isAligned && !hasBorder && method == 1 && imageWidth <= 2 * width) {
    scale(p, target, image, imageWidth, imageHeight);
    return;
  }
  const border = f32x4.mul(v128.load(p + 32), f32x4.splat(255.0));
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++, target += 4) {
      const across = <f32>column + 0.5, down = <f32>row + 0.5;
      const x = real(p, 0) * across + real(p, 4) * down + real(p, 8);
      const y = real(p, 16) * across + real(p, 20) * down + real(p, 24);
      let color = border;
      if (!hasBorder || (x >= 0.0 && y >= 0.0 && x <= <f32>imageWidth && y <= <f32>imageHeight)) {
        if (method == 0) color = texel(image, imageWidth, imageHeight, <i32>floor<f32>(x), <i32>floor<f32>(y));
        else if (method == 1) color = bilinear(image, imageWidth, imageHeight, x - 0.5, y - 0.5);
        else color = bicubic(image, imageWidth, imageHeight, x - 0.5, y - 0.5);
      }
      pack(target, color);
    }
  }
}

/** A pixel, or zero outside the image. */
// @ts-ignore: decorator
@inline
function inside(image: usize, width: i32, height: i32, x: i32, y: i32): v128 {
  return <u32>x < <u32>width && <u32>y < <u32>height ? unpack(image + (<usize>(y * width + x) << 2)) : f32x4.splat(0.0);
}

export function sample_tensor(p: usize, values: usize, image: usize, imageWidth: i32, imageHeight: i32): void {
  const width = int(p, 32), height = int(p, 36), channels = int(p, 40), zeroBorder = int(p, 44) != 0;
  const factor = f32x4.splat(real(p, 48) / 255.0), offset = f32x4.splat(real(p, 52));
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const across = <f32>column + 0.5, down = <f32>row + 0.5;
      const x = real(p, 0) * across + real(p, 4) * down + real(p, 8) - 0.5;
      const y = real(p, 16) * across + real(p, 20) * down + real(p, 24) - 0.5;
      let color: v128;
      if (zeroBorder) {
        const left = floor<f32>(x), top = floor<f32>(y);
        const x0 = <i32>left, y0 = <i32>top;
        const above = mix(inside(image, imageWidth, imageHeight, x0, y0), inside(image, imageWidth, imageHeight, x0 + 1, y0), x - left);
        const below = mix(inside(image, imageWidth, imageHeight, x0, y0 + 1), inside(image, imageWidth, imageHeight, x0 + 1, y0 + 1), x - left);
        color = mix(above, below, y - top);
      } else {
        color = bilinear(image, imageWidth, imageHeight, x, y);
      }
      color = f32x4.add(f32x4.mul(color, factor), offset);
      store<f32>(values, f32x4.extract_lane(color, 0));
      if (channels > 1) {
        store<f32>(values, f32x4.extract_lane(color, 1), 4);
        store<f32>(values, f32x4.extract_lane(color, 2), 8);
        if (channels > 3) store<f32>(values, f32x4.extract_lane(color, 3), 12);
      }
      values += <usize>channels << 2;
    }
  }
}
