import { exp4 } from '../../core/assembly/math';

// @ts-ignore: decorator
@inline
function timesPlus(a: v128, b: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(a, b), f32x4.splat(c));
}

/** log(1 + exp(x)) = max(x, 0) + log1p(e) with e = exp(-|x|), log1p(e) = 2 atanh(e / (2 + e)) by its series to z^13. */
// @ts-ignore: decorator
@inline
export function softplus4(x: v128): v128 {
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const z = f32x4.div(e, f32x4.add(e, f32x4.splat(2)));
  const square = f32x4.mul(z, z);
  let p = timesPlus(f32x4.splat(1 / 13), square, 1 / 11);
  p = timesPlus(p, square, 1 / 9);
  p = timesPlus(p, square, 1 / 7);
  p = timesPlus(p, square, 1 / 5);
  p = timesPlus(p, square, 1 / 3);
  p = timesPlus(p, square, 1);
  return f32x4.add(f32x4.max(x, f32x4.splat(0)), f32x4.mul(f32x4.add(z, z), p));
}

/** exp(x) for a decay: as `exp4`, but 1e-38 where that is 0, which a state times it cannot tell apart. */
// @ts-ignore: decorator
@inline
export function decay4(x: v128): v128 {
  const bounded = f32x4.min(f32x4.max(x, f32x4.splat(-87)), f32x4.splat(88));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(1.44269504088896341)));
  const high = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375)));
  const r = f32x4.sub(high, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = timesPlus(f32x4.splat(1.9875691500e-4), r, 1.3981999507e-3);
  p = timesPlus(p, r, 8.3334519073e-3);
  p = timesPlus(p, r, 4.1665795894e-2);
  p = timesPlus(p, r, 1.6666665459e-1);
  p = timesPlus(p, r, 5.0000001201e-1);
  const mantissa = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  return f32x4.mul(mantissa, i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23));
}
