// Elementary functions of four elements at a time, accurate to one or two units in the last place of float32.

import { multiplyAdd } from './multiply-add';

// @ts-ignore: decorator
@inline
function times(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}

/** a b + c */
// @ts-ignore: decorator
@inline
function timesPlus(a: v128, b: v128, c: f32): v128 {
  return multiplyAdd(a, b, f32x4.splat(c));
}

/**
 * exp(x) for x <= 88, 0 below -87.3, NaN for NaN: x = n ln 2 + r with |r| <= ln 2 / 2, exp(r) by the minimax polynomial
 * of Cephes (Moshier 1989, expf).
 */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const bounded = f32x4.min(f32x4.max(x, f32x4.splat(-87.3)), f32x4.splat(88));
  const n = f32x4.nearest(times(bounded, f32x4.splat(1.44269504088896341)));
  const high = f32x4.sub(bounded, times(n, f32x4.splat(0.693359375)));
  const r = f32x4.sub(high, times(n, f32x4.splat(-2.12194440e-4)));
  let p = timesPlus(f32x4.splat(1.9875691500e-4), r, 1.3981999507e-3);
  p = timesPlus(p, r, 8.3334519073e-3);
  p = timesPlus(p, r, 4.1665795894e-2);
  p = timesPlus(p, r, 1.6666665459e-1);
  p = timesPlus(p, r, 5.0000001201e-1);
  const mantissa = f32x4.add(f32x4.add(times(p, times(r, r)), r), f32x4.splat(1));
  const exponent = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(times(mantissa, exponent), f32x4.lt(x, f32x4.splat(-87.3)));
}

/** exp of one element, by the same arithmetic. */
// @ts-ignore: decorator
@inline
export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

/**
 * Natural logarithm of a normal number, without the tables of `Math.log` (static data would overwrite tfjs's memory): x
 * = m 2^e with m from sqrt(1/2) to sqrt(2), and ln m = 2 artanh(s), s = (m - 1) / (m + 1), by its series.
 */
export function log1(x: f32): f32 {
  if (!(x > 0)) return x == 0 ? -<f32>Infinity : <f32>NaN;
  if (x == <f32>Infinity) return x;
  const bits = reinterpret<i32>(x) - 0x3f3504f3; // sqrt(1/2)
  const exponent = bits >> 23;
  const m = <f64>reinterpret<f32>((bits & 0x7fffff) + 0x3f3504f3);
  const s = (m - 1) / (m + 1), z = s * s;
  const series = 1 + z * (1 / 3.0 + z * (1 / 5.0 + z * (1 / 7.0 + z * (1 / 9.0 + z * (1 / 11.0 + z / 13.0)))));
  return <f32>(2 * s * series + <f64>exponent * 0.6931471805599453);
}

/** 1 / (1 + exp(-x)), from exp(-|x|), which cannot overflow. */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const one = f32x4.splat(1);
  const numerator = v128.bitselect(one, e, f32x4.ge(x, f32x4.splat(0)));
  return f32x4.div(numerator, f32x4.add(one, e));
}

/** erf(x): Cephes' erff and erfcf (Moshier 1989), a polynomial up to 1 and exp(-x²) q(1/x²) / x beyond. */
// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  const one = f32x4.splat(1);
  const a = f32x4.abs(x);
  const square = times(a, a);
  let inner = timesPlus(f32x4.splat(7.853861353153693e-5), square, -8.010193625184903e-4);
  inner = timesPlus(inner, square, 5.188327685732524e-3);
  inner = timesPlus(inner, square, -2.685381193529856e-2);
  inner = timesPlus(inner, square, 1.128358514861418e-1);
  inner = timesPlus(inner, square, -3.761262582423300e-1);
  inner = times(timesPlus(inner, square, 1.128379165726710), x);
  const q = f32x4.div(one, f32x4.max(a, one));
  const y = times(q, q);
  const tail = times(times(exp4(f32x4.neg(square)), q), v128.bitselect(nearTail(y), farTail(y), f32x4.lt(a, f32x4.splat(2))));
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const outer = v128.or(f32x4.sub(one, tail), sign);
  return v128.bitselect(inner, outer, f32x4.lt(a, one));
}

// @ts-ignore: decorator
@inline
function nearTail(y: v128): v128 {
  let p = timesPlus(f32x4.splat(2.326819970068386e-2), y, -1.387039388740657e-1);
  p = timesPlus(p, y, 3.687424674597105e-1);
  p = timesPlus(p, y, -5.824733027278666e-1);
  p = timesPlus(p, y, 6.210004621745983e-1);
  p = timesPlus(p, y, -4.944515323274145e-1);
  p = timesPlus(p, y, 3.404879937665872e-1);
  p = timesPlus(p, y, -2.741127028184656e-1);
  return timesPlus(p, y, 5.638259427386472e-1);
}

// @ts-ignore: decorator
@inline
function farTail(y: v128): v128 {
  let p = timesPlus(f32x4.splat(-1.047766399936249e1), y, 1.297719955372516e1);
  p = timesPlus(p, y, -7.495518717768503);
  p = timesPlus(p, y, 2.921019019210786);
  p = timesPlus(p, y, -1.015265279202700);
  p = timesPlus(p, y, 4.218463358204948e-1);
  p = timesPlus(p, y, -2.820767439740514e-1);
  return timesPlus(p, y, 5.641895067754075e-1);
}

// @ts-ignore: decorator
@inline
export function sumOfLanes(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}
