// Images: RGBA in bytes, seen as four floats in 0..255. Coordinates are those of pixels, with their centres at
// whole numbers, as in mpgraph/gpu/kernels/shared.wgsl.

/** A row of pixels as vectors, and two rows of floats, of the longest side that an image on a device may have. */
export const vectorRow: usize = memory.data(8192 * 16, 16);
export const columnRow: usize = memory.data(8192 * 4, 16);
export const weightRow: usize = memory.data((8192 + 4) * 4, 16);

/** The pixel at an address. */
// @ts-ignore: decorator
@inline
export function unpack(at: usize): v128 {
  const bytes = v128.load32_zero(at);
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)));
}

/** Store a pixel, rounded to bytes. */
// @ts-ignore: decorator
@inline
export function pack(at: usize, color: v128): void {
  const words = i32x4.trunc_sat_f32x4_u(f32x4.add(f32x4.max(color, f32x4.splat(0.0)), f32x4.splat(0.5)));
  const halves = i16x8.narrow_i32x4_u(words, words);
  store<u32>(at, i32x4.extract_lane(i8x16.narrow_i16x8_u(halves, halves), 0));
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
  const left = Mathf.floor(x), top = Mathf.floor(y);
  const x0 = <i32>left, y0 = <i32>top;
  const above = mix(texel(image, width, height, x0, y0), texel(image, width, height, x0 + 1, y0), x - left);
  const below = mix(texel(image, width, height, x0, y0 + 1), texel(image, width, height, x0 + 1, y0 + 1), x - left);
  return mix(above, below, y - top);
}

/**
 * One channel of a row of an image scaled bilinearly to `width` by `height`, as floats in `weightRow`.
 * Columns that are next to each other share what is mixed from the rows above and below.
 */
export function scaledRow(image: usize, imageWidth: i32, imageHeight: i32, channel: i32, width: i32, height: i32, y: i32): void {
  const down = (<f32>y + 0.5) * (<f32>imageHeight / <f32>height) - 0.5;
  const top = Mathf.floor(down);
  const part = down - top;
  const above = image + (<usize>(clamp(<i32>top, imageHeight - 1) * imageWidth) << 2) + channel;
  const below = image + (<usize>(clamp(<i32>top + 1, imageHeight - 1) * imageWidth) << 2) + channel;
  for (let x = 0; x < imageWidth; x++) {
    const upper = <f32>load<u8>(above + (<usize>x << 2)), lower = <f32>load<u8>(below + (<usize>x << 2));
    store<f32>(columnRow + (<usize>x << 2), upper + (lower - upper) * part);
  }
  if (imageWidth == width) {
    memory.copy(weightRow, columnRow, <usize>width << 2);
    return;
  }
  const scale = <f32>imageWidth / <f32>width;
  for (let x = 0; x < width; x++) {
    const across = (<f32>x + 0.5) * scale - 0.5;
    const left = Mathf.floor(across);
    const a = load<f32>(columnRow + (<usize>clamp(<i32>left, imageWidth - 1) << 2));
    const b = load<f32>(columnRow + (<usize>clamp(<i32>left + 1, imageWidth - 1) << 2));
    store<f32>(weightRow + (<usize>x << 2), a + (b - a) * (across - left));
  }
}
