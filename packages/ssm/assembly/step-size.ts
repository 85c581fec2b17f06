// @ts-ignore: decorator
@inline
function timesPlus(a: v128, b: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(a, b), f32x4.splat(c));
}

/** log(1 + exp(x)) = max(x, 0) + log1p(e) with e = exp(-|x|), log1p(e) = 2 atanh(e / (2 + e)) by its series to z^13. */
// @ts-ignore: decorator
@inline
export function softplus4(x: v128): v128 {
  const e = powerOfTwo(f32x4.mul(f32x4.abs(x), f32x4.splat(-LOG2_E)));
  const z = f32x4.div(e, f32x4.add(e, f32x4.splat(2)));
  const square = f32x4.mul(z, z);
  let p = timesPlus(f32x4.splat(1 / 13), square, 1 / 11);
  p = timesPlus(p, square, 1 / 9);
  p = timesPlus(p, square, 1 / 7);
  p = timesPlus(p, square, 1 / 5);
  p = timesPlus(p, square, 1 / 3);
  p = timesPlus(p, square, 1);
  return f32x4.add(f32x4.pmax(f32x4.splat(0), x), f32x4.mul(f32x4.add(z, z), p));
}

/** 2^x of four values times log2(e) is exp: the factor of the decay rates before `powerOfTwo`. */
export const LOG2_E: f32 = 1.44269504088896341;
export const LN_2: f32 = 0.693147180559945309;

/** 1.5 x 2^23 + 127: adding it rounds a float32 to an integer, and the last bits are then the exponent of 2^n. */
const ROUNDING: f32 = 12583039;

/**
 * 2^x for x <= 125, clamped beyond, NaN for NaN: x = n + f with f <= 1/2, 2^f by a polynomial (relative error 9e-8,
 * exact at 0), times 2^n. `pmax` and `pmin` return their first operand where it is NaN.
 */
// @ts-ignore: decorator
@inline
export function powerOfTwo(x: v128): v128 {
  const bounded = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-125)), f32x4.splat(125));
  const shifted = f32x4.add(bounded, f32x4.splat(ROUNDING));
  const f = f32x4.sub(bounded, f32x4.sub(shifted, f32x4.splat(ROUNDING)));
  let p = timesPlus(f32x4.splat(0.001326472731307149), f, 0.009671512991189957);
  p = timesPlus(p, f, 0.05550733581185341);
  p = timesPlus(p, f, 0.24022242426872253);
  p = timesPlus(p, f, 0.6931470036506653);
  p = timesPlus(p, f, 1);
  return f32x4.mul(p, i32x4.shl(shifted, 23));
}
