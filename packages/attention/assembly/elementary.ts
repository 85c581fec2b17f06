import { finalise4 } from '../../core/assembly/dropout';
import { LOG2_E } from './call';

/**
 * 2^x for x <= 127, about 0 from -126 down: n + r with |r| <= 1/2, 2^r by the polynomial of Cephes (Moshier 1989, exp2f).
 * Adding 1.5 · 2^23 leaves n in the lowest bits, which go to the exponent by one shift.
 */
// @ts-ignore: decorator
@inline
export function exp2Of(x: v128): v128 {
  const magic = f32x4.splat(12582912);
  const bounded = f32x4.max(x, f32x4.splat(-125));
  const shifted = f32x4.add(bounded, magic);
  const r = f32x4.sub(bounded, f32x4.sub(shifted, magic));
  let p = f32x4.add(f32x4.mul(f32x4.splat(1.535336188319500e-4), r), f32x4.splat(1.339887440266574e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(9.618437357674640e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.550332471162809e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(2.402264791363012e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(6.931472028550421e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

/** As `exp2Of`, and exactly 0 below -125. */
// @ts-ignore: decorator
@inline
export function exp2OrZero(x: v128): v128 {
  return v128.and(exp2Of(x), f32x4.gt(x, f32x4.splat(-125)));
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

/** What a score is multiplied by, so that exp becomes 2^; before a cap, so that its tanh becomes `tanhOf`. */
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
