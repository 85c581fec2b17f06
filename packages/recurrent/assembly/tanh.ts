import { exp4 } from '../../core/assembly/math';

/**
 * tanh(x), accurate to two units in the last place: Cephes' tanhf (Moshier 1989), a polynomial up to 0.625 and 1 - 2 /
 * (exp(2
 * x
 * ) + 1) beyond.
 */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const one = f32x4.splat(1), two = f32x4.splat(2);
  const a = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  let p = timesPlus(f32x4.splat(-5.70498872745e-3), square, 2.06390887954e-2);
  p = timesPlus(p, square, -5.37397155531e-2);
  p = timesPlus(p, square, 1.33314422036e-1);
  p = timesPlus(p, square, -3.33332819422e-1);
  const inner = f32x4.add(f32x4.mul(f32x4.mul(p, square), x), x);
  // Beyond 10 it is 1 in float32, and exp would overflow.
  const e = exp4(f32x4.mul(two, f32x4.min(a, f32x4.splat(10))));
  const size = f32x4.sub(one, f32x4.div(two, f32x4.add(e, one)));
  const outer = v128.or(size, v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(inner, outer, f32x4.lt(a, f32x4.splat(0.625)));
}

// @ts-ignore: decorator
@inline
function timesPlus(a: v128, b: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(a, b), f32x4.splat(c));
}
