// Masks, and images changed by them: mask.wgsl, smooth_mask.wgsl, recolor.wgsl, set_alpha.wgsl, overlay.wgsl,
// bilateral.wgsl.

import { bilinear, findScaledColumns, pack, pack4, scaledRow, unpack, weightRow } from "./pixels";
import { activate, exp, int, real } from "./vectors";

/** The pixel of a mask: the value, in 0..1, in red and alpha. */
// @ts-ignore: decorator
@inline
function maskPixel(value: f32): u32 {
  const byte = <u32>(max(<f32>0.0, min(value, <f32>1.0)) * 255.0 + 0.5);
  return byte | (byte << 24);
}

export function mask(p: usize, target: usize, scores: usize): void {
  const width = int(p, 0), height = int(p, 4), activation = int(p, 8), channel = int(p, 12);
  const flip = int(p, 16) != 0;
  // Masks drawn towards the previous one come from calculators that pages lack.
  if (int(p, 20) != 0) unreachable();
  for (let row = 0; row < height; row++) {
    let to = target + (<usize>((flip ? height - 1 - row : row) * width) << 2);
    for (let column = 0; column < width; column++, to += 4) {
      const pixel = <usize>(row * width + column) << 2;
      let value = load<f32>(scores + pixel);
      if (activation == 2) {
        const pair = scores + (pixel << 1);
        const own = load<f32>(pair + (<usize>channel << 2)), other = load<f32>(pair + (<usize>(1 - channel) << 2));
        // Softmax of two is the sigmoid of their difference.
        value = f32x4.extract_lane(activate(f32x4.splat(own - other), 7), 0);
      } else if (activation == 1) {
        value = f32x4.extract_lane(activate(f32x4.splat(value), 7), 0);
      }
      store<u32>(to, maskPixel(value));
    }
  }
}

export function smooth_mask(p: usize, target: usize, image: usize, _width: i32, _height: i32, previous: usize, oldWidth: i32, oldHeight: i32): void {
  const width = int(p, 0), height = int(p, 4), ratio = real(p, 8);
  findScaledColumns(oldWidth, width);
  for (let y = 0; y < height; y++) {
    scaledRow(previous, oldWidth, oldHeight, 0, width, height, y);
    for (let x = 0; x < width; x++, image += 4, target += 4) {
      const value = <f32>load<u8>(image) / 255.0;
      const old = load<f32>(weightRow + (<usize>x << 2)) / 255.0;
      const square = (value - 0.5) * (value - 0.5);
      const certainty: f32 = square * (5.68842 + square * (-0.748699 + square * (-57.8051 + square * (291.309 + square * -624.717))));
      const uncertainty = <f32>1.0 - min(<f32>1.0, certainty);
      store<u32>(target, maskPixel(value + (old - value) * uncertainty * ratio));
    }
  }
}

export function recolor(p: usize, target: usize, image: usize, _width: i32, _height: i32, maskImage: usize, maskWidth: i32, maskHeight: i32): void {
  const color = f32x4.mul(v128.load(p), f32x4.splat(255.0));
  const width = int(p, 16), height = int(p, 20), channel = int(p, 24);
  const invert = int(p, 28) != 0, luminance = int(p, 32) != 0;
  findScaledColumns(maskWidth, width);
  for (let y = 0; y < height; y++) {
    scaledRow(maskImage, maskWidth, maskHeight, channel, width, height, y);
    let x = 0;
    for (; x + 4 <= width; x += 4, image += 16, target += 16) {
      pack4(
        target,
        recolored(image, x, color, invert, luminance),
        recolored(image + 4, x + 1, color, invert, luminance),
        recolored(image + 8, x + 2, color, invert, luminance),
        recolored(image + 12, x + 3, color, invert, luminance),
      );
    }
    for (; x < width; x++, image += 4, target += 4) pack(target, recolored(image, x, color, invert, luminance));
  }
}

/** A pixel of column `x` mixed with a colour by the weight in `weightRow`. */
// @ts-ignore: decorator
@inline
function recolored(image: usize, x: i32, color: v128, invert: bool, luminance: bool): v128 {
  const pixel = unpack(image);
  let weight = f32x4.mul(v128.load32_splat(weightRow + (<usize>x << 2)), f32x4.splat(1.0 / 255.0));
  if (invert) weight = f32x4.sub(f32x4.splat(1.0), weight);
  if (luminance) {
    const parts = f32x4.mul(pixel, f32x4(0.299 / 255.0, 0.587 / 255.0, 0.114 / 255.0, 0.0));
    const sum = f32x4.extract_lane(parts, 0) + f32x4.extract_lane(parts, 1) + f32x4.extract_lane(parts, 2);
    weight = f32x4.mul(weight, f32x4.splat(sum));
  }
  return f32x4.add(pixel, f32x4.mul(f32x4.sub(color, pixel), weight));
}

export function set_alpha(p: usize, target: usize, image: usize, _width: i32, _height: i32, maskImage: usize, maskWidth: i32, maskHeight: i32): void {
  const width = int(p, 0), height = int(p, 4), usesMask = int(p, 8) != 0;
  let alpha = <u32>(real(p, 12) * 255.0 + 0.5);
  if (usesMask) findScaledColumns(maskWidth, width);
  for (let y = 0; y < height; y++) {
    if (usesMask) scaledRow(maskImage, maskWidth, maskHeight, 0, width, height, y);
    for (let x = 0; x < width; x++, image += 4, target += 4) {
      if (usesMask) alpha = <u32>(load<f32>(weightRow + (<usize>x << 2)) + 0.5);
      store<u32>(target, (load<u32>(image) & 0xffffff) | (alpha << 24));
    }
  }
}

export function overlay(p: usize, target: usize, image: usize, _width: i32, _height: i32, layer: usize): void {
  const size = <usize>(int(p, 0) * int(p, 4)) << 2;
  for (let at: usize = 0; at < size; at += 4) {
    const drawn = unpack(layer + at);
    const through = f32x4.extract_lane(drawn, 3) * <f32>(1.0 / 255.0);
    const color = f32x4.add(drawn, f32x4.mul(unpack(image + at), f32x4.splat(through)));
    pack(target + at, f32x4.replace_lane(color, 3, 255.0));
  }
}

export function bilateral(p: usize, target: usize, image: usize, imageWidth: i32, imageHeight: i32, guide: usize, guideWidth: i32, guideHeight: i32): void {
  const width = int(p, 0), height = int(p, 4);
  const sigmaColor = real(p, 8), sigmaSpace = real(p, 12), step = real(p, 16), start = real(p, 20);
  const longest = max(<f32>1.0 / <f32>width, <f32>1.0 / <f32>height);
  const space = longest * sigmaSpace;
  // The divisors of the squares of both distances; colours are in 0..255 here.
  const bySpace = <f32>-1.0 / (8.0 * space * space + 2.0e-6);
  const byColor = <f32>-1.0 / ((8.0 * sigmaColor * sigmaColor + 2.0e-6) * 65025.0);
  const across = <f32>imageWidth / <f32>guideWidth, down = <f32>imageHeight / <f32>guideHeight;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++, target += 4) {
      const own = unpack(guide + (<usize>(row * guideWidth + column) << 2));
      let total: f32 = 0.0;
      let sum = f32x4.splat(0.0);
      for (let y = start; y <= sigmaSpace; y += step) {
        for (let x = start; x <= sigmaSpace; x += step) {
          const gx = <f32>column + x, gy = <f32>row + y;
          const difference = f32x4.sub(own, bilinear(guide, guideWidth, guideHeight, gx, gy));
          const squares = f32x4.mul(difference, difference);
          const color = f32x4.extract_lane(squares, 0) + f32x4.extract_lane(squares, 1) + f32x4.extract_lane(squares, 2);
          const dx = x / <f32>width, dy = y / <f32>height;
          const weight = f32x4.extract_lane(exp(f32x4.splat((dx * dx + dy * dy) * bySpace + color * byColor)), 0);
          total += weight;
          const value = bilinear(image, imageWidth, imageHeight, (gx + 0.5) * across - 0.5, (gy + 0.5) * down - 0.5);
          sum = f32x4.add(sum, f32x4.mul(value, f32x4.splat(weight)));
        }
      }
      // If sigma_color is tiny, perhaps no sample between pixels has quite the pixel's own colour.
      let result: v128;
      if (total > 1.0e-30) result = f32x4.div(sum, f32x4.splat(total));
      else result = bilinear(image, imageWidth, imageHeight, (<f32>column + 0.5) * across - 0.5, (<f32>row + 0.5) * down - 0.5);
      pack(target, f32x4.replace_lane(result, 3, 255.0));
    }
  }
}
