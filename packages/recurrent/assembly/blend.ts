/** Exactly `now` if share is 1, and exactly `before` if it is 0. */
// @ts-ignore: decorator
@inline
export function blend(share: v128, now: v128, before: v128): v128 {
  return f32x4.add(f32x4.mul(share, now), rest(share, before));
}

/** (1 - share) x */
// @ts-ignore: decorator
@inline
export function rest(share: v128, x: v128): v128 {
  return f32x4.mul(f32x4.sub(f32x4.splat(1), share), x);
}

/** to [n] = factor from [n], which may be the same. */
export function scale(n: i32, factor: f32, from: usize, to: usize): void {
  const v = f32x4.splat(factor);
  const end = <usize>n << 2, whole = <usize>(n & ~3) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) v128.store(to + at, f32x4.mul(v, v128.load(from + at)));
  for (; at < end; at += 4) store<f32>(to + at, factor * load<f32>(from + at));
}

/** x [n] = factor (x + y) */
export function scaleSum(n: i32, factor: f32, x: usize, y: usize): void {
  const v = f32x4.splat(factor);
  const end = <usize>n << 2, whole = <usize>(n & ~3) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) v128.store(x + at, f32x4.mul(v, f32x4.add(v128.load(x + at), v128.load(y + at))));
  for (; at < end; at += 4) store<f32>(x + at, factor * (load<f32>(x + at) + load<f32>(y + at)));
}
