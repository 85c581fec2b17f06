// Four adjacent channels at a time; fewer at the end of a row.

/** Loads the first `count` elements at p, followed by zeros; nothing beyond a tensor is read. */
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

/** The number of channels, rounded up to whole vectors. */
// @ts-ignore: decorator
@inline
export function padded(channels: i32): i32 {
  return (channels + 3) & ~3;
}

/** [channels, state] -> vectors [padded channels / 4, state, 4] times `factor`, zeros in the padding. */
export function toLanes(channels: i32, state: i32, from: usize, to: usize, factor: f32 = 1): void {
  if (channels & 3) memory.fill(to, 0, <usize>(padded(channels) * state) << 2);
  for (let c = 0; c < channels; c++) {
    const first = to + laneOffset(c, state);
    for (let n = 0; n < state; n++, from += 4) store<f32>(first + (<usize>n << 4), factor * load<f32>(from));
  }
}

/** Vectors [padded channels / 4, state, 4] -> [channels, state]. */
export function fromLanes(channels: i32, state: i32, from: usize, to: usize): void {
  for (let c = 0; c < channels; c++) {
    const first = from + laneOffset(c, state);
    for (let n = 0; n < state; n++, to += 4) store<f32>(to, load<f32>(first + (<usize>n << 4)));
  }
}

/** Bytes before the first state of a channel in vectors. */
// @ts-ignore: decorator
@inline
function laneOffset(channel: i32, state: i32): usize {
  return <usize>((channel >> 2) * 4 * state + (channel & 3)) << 2;
}
