// Four floats at a time: activation functions, and results with an addend; as in shared.wgsl.

/** Bytes of a vector, and of an image's pixel. */
export const VECTOR: i32 = 16;

/** A parameter at an offset of `Params`. */
// @ts-ignore: decorator
@inline
export function int(params: usize, offset: usize): i32 {
  return load<i32>(params + offset);
}

// @ts-ignore: decorator
@inline
export function real(params: usize, offset: usize): f32 {
  return load<f32>(params + offset);
}

// @ts-ignore: decorator
@inline
function clamped(x: v128, low: f32, high: f32): v128 {
  return f32x4.min(f32x4.max(x, f32x4.splat(low)), f32x4.splat(high));
}

/** e^x: 2^n times a polynomial in the rest, which is within ln(2)/2 of 0. */
export function exp(value: v128): v128 {
  const x = clamped(value, -87.3, 88.37);
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  // ln(2) in two parts, so that the rest is exact.
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  // Taylor's series to the seventh power: its error is below half a unit in the last place.
  let p = f32x4.splat(1.0 / 5040.0);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 720.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 120.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 24.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 6.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

function tanh(x: v128): v128 {
  // Where e^2x - 1 would lose digits, the odd series; elsewhere the quotient.
  const limited = clamped(x, -15.0, 15.0);
  const square = f32x4.mul(limited, limited);
  let series = f32x4.splat(-17.0 / 315.0);
  series = f32x4.add(f32x4.mul(series, square), f32x4.splat(2.0 / 15.0));
  series = f32x4.add(f32x4.mul(series, square), f32x4.splat(-1.0 / 3.0));
  series = f32x4.add(f32x4.mul(series, square), f32x4.splat(1.0));
  const power = exp(f32x4.add(limited, limited));
  const one = f32x4.splat(1.0);
  const quotient = f32x4.div(f32x4.sub(power, one), f32x4.add(power, one));
  const isSmall = f32x4.lt(f32x4.abs(limited), f32x4.splat(0.1));
  return v128.bitselect(f32x4.mul(limited, series), quotient, isSmall);
}

/** The activation functions, numbered as in fusing.py. */
export function activate(x: v128, kind: i32): v128 {
  switch (kind) {
    case 1:
      return f32x4.max(x, f32x4.splat(0.0));
    case 2:
      return clamped(x, -1.0, 1.0);
    case 3:
      return clamped(x, 0.0, 6.0);
    case 4:
      return tanh(x);
    case 6: {
      const six = clamped(f32x4.add(x, f32x4.splat(3.0)), 0.0, 6.0);
      return f32x4.mul(f32x4.mul(x, six), f32x4.splat(1.0 / 6.0));
    }
    case 7:
      return f32x4.div(f32x4.splat(1.0), f32x4.add(f32x4.splat(1.0), exp(f32x4.neg(x))));
    default:
      return x;
  }
}

/** Store the activated sum, plus the addend unless `final` is -1. `offset`: of the result, in bytes. */
// @ts-ignore: decorator
@inline
export function finish(sum: v128, result: usize, addend: usize, offset: usize, activation: i32, final: i32): void {
  let value = activation == 0 ? sum : activate(sum, activation);
  if (final >= 0) value = activate(f32x4.add(value, v128.load(addend + offset)), final);
  v128.store(result + offset, value);
}

/** A block of channels with zeros in the lanes past the last channel. */
export function withoutPadding(value: v128, block: i32, channels: i32): v128 {
  const lanes = i32x4.add(i32x4.splat(block * 4), i32x4(0, 1, 2, 3));
  return v128.and(value, i32x4.lt_s(lanes, i32x4.splat(channels)));
}
