import { finalise4 } from '../../core/assembly/dropout';
import { multiplyAdd } from '../../core/assembly/multiply-add';
import { LOG2_E } from './call';

/**
 * 2^x for x <= 127, about 0 below -126, NaN for NaN: n + r with r <= 1/2, where 2^r is the degree-5 polynomial that is
 * 1 at 0 and has the minimal relative error, 9.2e-8. Adding 1.5 · 2^23 + 127 puts the exponent of 2^n into the lowest
 * bits, from which one shift moves it into place. `pmax`, which returns its first operand where that is NaN, is one
 * instruction; `max`, which respects the sign of zero, takes nine.
 */
// @ts-ignore: decorator
@inline
export function exp2Of(x: v128): v128 {
  const magic = f32x4.splat(12583039);
  const bounded = f32x4.pmax(x, f32x4.splat(-125));
  const shifted = f32x4.add(bounded, magic);
  const r = f32x4.sub(bounded, f32x4.sub(shifted, magic));
  let p = multiplyAdd(f32x4.splat(1.326472707e-3), r, f32x4.splat(9.671512649e-3));
  p = multiplyAdd(p, r, f32x4.splat(5.550733744e-2));
  p = multiplyAdd(p, r, f32x4.splat(2.402224209e-1));
  p = multiplyAdd(p, r, f32x4.splat(6.931469776e-1));
  p = multiplyAdd(p, r, f32x4.splat(1));
  return f32x4.mul(p, i32x4.shl(shifted, 23));
}

/** As `exp2Of`, and exactly 0 below -125. */
// @ts-ignore: decorator
@inline
export function exp2OrZero(x: v128): v128 {
  return v128.andnot(exp2Of(x), f32x4.le(x, f32x4.splat(-125)));
}

/** x times log2 e, as exponents of two; x itself where the product overflows float32. */
// @ts-ignore: decorator
@inline
export function inTwos(x: v128): v128 {
  const scaled = f32x4.mul(x, f32x4.splat(LOG2_E));
  return v128.bitselect(x, scaled, f32x4.gt(f32x4.abs(scaled), f32x4.splat(f32.MAX_VALUE)));
}

/** tanh(x) from y = 2 x log2 e: (1 - e) / (1 + e) with e = 2^-|y|. */
// @ts-ignore: decorator
@inline
export function tanhOf(y: v128): v128 {
  const e = exp2Of(f32x4.neg(f32x4.abs(y)));
  const one = f32x4.splat(1);
  const magnitude = f32x4.div(f32x4.sub(one, e), f32x4.add(one, e));
  return v128.or(magnitude, v128.and(y, i32x4.splat(0x80000000)));
}

/** The factor of the scores, so that exp becomes 2^; before a soft cap, so that its tanh becomes `tanhOf`. */
export function scoreFactor(scale: f32, softCap: f32): f32 {
  return softCap == 0 ? scale * LOG2_E : (scale / softCap) * 2 * LOG2_E;
}

/** core's `dropoutBits` of four indices. */
// @ts-ignore: decorator
@inline
export function dropoutBits(index: v128, seed: i32): v128 {
  const first = finalise4(v128.xor(index, i32x4.splat(seed)));
  return finalise4(i32x4.add(first, i32x4.splat(seed * 0x9e3779b9)));
}
