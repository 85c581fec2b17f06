// Four neighbouring channels at a time; at the end of a row fewer.

/** The first `count` numbers at p, zeros behind them: nothing beyond a tensor is read. */
// @ts-ignore: decorator
@inline
export function loadLanes(p: usize, count: i32): v128 {
  return count >= 4 ? v128.load(p) : loadSome(p, count);
}

function loadSome(p: usize, count: i32): v128 {
  let v = f32x4.splat(0);
  v = f32x4.replace_lane(v, 0, load<f32>(p));
  if (count > 1) v = f32x4.replace_lane(v, 1, load<f32>(p + 4));
  if (count > 2) v = f32x4.replace_lane(v, 2, load<f32>(p + 8));
  return v;
}

/** Stores the first `count` lanes. */
// @ts-ignore: decorator
@inline
export function storeLanes(p: usize, v: v128, count: i32): void {
  if (count >= 4) v128.store(p, v);
  else storeSome(p, v, count);
}

function storeSome(p: usize, v: v128, count: i32): void {
  store<f32>(p, f32x4.extract_lane(v, 0));
  if (count > 1) store<f32>(p + 4, f32x4.extract_lane(v, 1));
  if (count > 2) store<f32>(p + 8, f32x4.extract_lane(v, 2));
}

/** Numbers of a row of `inner` channels, rounded up to whole vectors. */
// @ts-ignore: decorator
@inline
export function padded(inner: i32): i32 {
  return (inner + 3) & ~3;
}

/** [inner, state] -> [state, padded inner] times `factor`, zeros in the padding. */
export function toLanes(inner: i32, state: i32, from: usize, to: usize, factor: f32 = 1): void {
  const wide = padded(inner);
  memory.fill(to, 0, <usize>(state * wide) << 2);
  for (let c = 0; c < inner; c++) {
    for (let n = 0; n < state; n++) store<f32>(to + (<usize>(n * wide + c) << 2), factor * load<f32>(from + (<usize>(c * state + n) << 2)));
  }
}

/** [state, padded inner] -> [inner, state]. */
export function fromLanes(inner: i32, state: i32, from: usize, to: usize): void {
  const wide = padded(inner);
  for (let c = 0; c < inner; c++) {
    for (let n = 0; n < state; n++) store<f32>(to + (<usize>(c * state + n) << 2), load<f32>(from + (<usize>(n * wide + c) << 2)));
  }
}
