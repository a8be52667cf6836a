// Images: RGBA in bytes, seen as four floats in 0..255. Coordinates are those of pixels, with their centres at
// whole numbers, as in mpgraph/gpu/kernels/shared.wgsl.

// The rows below hold the longest side that an image on a device may have: 8192 pixels.

/** A row of pixels as vectors, the last one twice. */
export const vectorRow: usize = memory.data((8192 + 1) * 16, 16);

/** A row of floats before it is scaled, the last one twice; and after. */
const columnRow: usize = memory.data((8192 + 4) * 4, 16);
export const weightRow: usize = memory.data((8192 + 4) * 4, 16);

/** For each column of an output, the column before it in the source, and the share of the next one. */
export const columns: usize = memory.data((8192 + 4) * 4, 16);
export const shares: usize = memory.data((8192 + 4) * 4, 16);

/** The pixel at an address. */
// @ts-ignore: decorator
@inline
export function unpack(at: usize): v128 {
  const bytes = v128.load32_zero(at);
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)));
}

/** Values in 0..255 rounded to the nearest integers, halves up. */
// @ts-ignore: decorator
@inline
export function rounded(color: v128): v128 {
  // Above 2^23 a float's last bit is 1: the addition rounds. Conversions of vectors take several times as long.
  const lifted = f32x4.add(f32x4.add(color, f32x4.splat(1.0 / 4096.0)), f32x4.splat(8388608.0));
  return v128.and(lifted, i32x4.splat(255));
}

/** Store a pixel, clamped and rounded to bytes. */
// @ts-ignore: decorator
@inline
export function pack(at: usize, color: v128): void {
  const words = rounded(f32x4.min(f32x4.max(color, f32x4.splat(0.0)), f32x4.splat(255.0)));
  const halves = i16x8.narrow_i32x4_u(words, words);
  store<u32>(at, i32x4.extract_lane(i8x16.narrow_i16x8_u(halves, halves), 0));
}

/** Store four pixels, whose values are in 0..255. */
// @ts-ignore: decorator
@inline
export function pack4(at: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = i16x8.narrow_i32x4_u(rounded(a), rounded(b)), cd = i16x8.narrow_i32x4_u(rounded(c), rounded(d));
  v128.store(at, i8x16.narrow_i16x8_u(ab, cd));
}

// @ts-ignore: decorator
@inline
export function clamp(value: i32, last: i32): i32 {
  return max(0, min(value, last));
}

// @ts-ignore: decorator
@inline
export function mix(a: v128, b: v128, part: f32): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), f32x4.splat(part)));
}

/** A pixel; outside the image its edge is repeated. */
// @ts-ignore: decorator
@inline
export function texel(image: usize, width: i32, height: i32, x: i32, y: i32): v128 {
  return unpack(image + (<usize>(clamp(y, height - 1) * width + clamp(x, width - 1)) << 2));
}

export function bilinear(image: usize, width: i32, height: i32, x: f32, y: f32): v128 {
  const left = floor<f32>(x), top = floor<f32>(y);
  const x0 = <i32>left, y0 = <i32>top;
  const above = mix(texel(image, width, height, x0, y0), texel(image, width, height, x0 + 1, y0), x - left);
  const below = mix(texel(image, width, height, x0, y0 + 1), texel(image, width, height, x0 + 1, y0 + 1), x - left);
  return mix(above, below, y - top);
}

/** Fill `columns` and `shares`: output column x is at a (x + 0.5) + c - 0.5 in a source of `last` + 1 columns. */
export function findColumns(width: i32, a: f32, c: f32, last: i32): void {
  for (let x = 0; x < width; x++) {
    const position = a * (<f32>x + 0.5) + c - 0.5;
    const left = floor<f32>(position);
    const column = <i32>left, at = <usize>x << 2;
    store<i32>(columns + at, clamp(column, last));
    // Before the first column and after the last, the edge is repeated.
    store<f32>(shares + at, column < 0 || column >= last ? <f32>0.0 : position - left);
  }
}

/**
 * One channel of a row of an image scaled bilinearly to `width` by `height`, as floats in `weightRow`. Needs the
 * columns of `findScaledColumns`.
 */
export function scaledRow(image: usize, imageWidth: i32, imageHeight: i32, channel: i32, width: i32, height: i32, y: i32): void {
  const down = (<f32>y + 0.5) * (<f32>imageHeight / <f32>height) - 0.5;
  const top = floor<f32>(down);
  const part = down - top;
  const above = image + (<usize>(clamp(<i32>top, imageHeight - 1) * imageWidth) << 2) + channel;
  const below = image + (<usize>(clamp(<i32>top + 1, imageHeight - 1) * imageWidth) << 2) + channel;
  const row = imageWidth == width ? weightRow : columnRow;
  for (let x = 0; x < imageWidth; x++) {
    const upper = <f32>load<u8>(above + (<usize>x << 2)), lower = <f32>load<u8>(below + (<usize>x << 2));
    store<f32>(row + (<usize>x << 2), upper + (lower - upper) * part);
  }
  if (imageWidth == width) return;
  for (let at: usize = 0, end = <usize>width << 2; at < end; at += 4) {
    const from = columnRow + (<usize>load<i32>(columns + at) << 2);
    const a = load<f32>(from);
    store<f32>(weightRow + at, a + (load<f32>(from, 4) - a) * load<f32>(shares + at));
  }
}

/** The columns for `scaledRow`. */
export function findScaledColumns(imageWidth: i32, width: i32): void {
  if (imageWidth != width) findColumns(width, <f32>imageWidth / <f32>width, 0.0, imageWidth - 1);
}

/** The pixels of an image with their colours divided by alpha, as canvases take them. */
export function unpremultiply(target: usize, image: usize, pixels: i32): void {
  for (let at: usize = 0, end = <usize>pixels << 2; at < end; at += 4) {
    const pixel = load<u32>(image + at);
    const alpha = pixel >> 24;
    if (alpha == 0 || alpha == 255) {
      store<u32>(target + at, pixel);
      continue;
    }
    const factor = f32x4.splat(<f32>255.0 / <f32>alpha);
    pack(target + at, f32x4.replace_lane(f32x4.mul(unpack(image + at), factor), 3, <f32>alpha));
  }
}
