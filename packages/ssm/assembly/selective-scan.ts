// Gu and Dao 2023, algorithm 2, four neighbouring channels in the lanes of a vector: no sums across lanes, and any number of
// states. Chunk by chunk over the length, so that what a chunk reads stays in the cache for all channels.
import { fromLanes, loadLanes, padded, storeLanes, toLanes } from './lanes';
import { LOG2_E, powerOfTwo, softplus4 } from './step-size';

export function scanForwardScratchBytes(inner: i32, state: i32): i32 {
  return (2 * state * padded(inner)) << 2;
}

/**
 * x, stepSize and y [batch, length, inner], stateMatrix [inner, state], inputMatrix and outputMatrix [batch, length, groups,
 * state], skip and stepBias [inner], initial and last [batch, inner, state], resets [batch, length] or 0. Every group is a
 * whole number of vectors wide. `between` [batch, kept, state, padded inner] gets the states where chunks begin; 0: nothing.
 */
export function scanForward(
  batch: i32, length: i32, inner: i32, state: i32, groups: i32, chunk: i32,
  x: usize, stepSize: usize, stateMatrix: usize, inputMatrix: usize, outputMatrix: usize,
  skip: usize, stepBias: usize, initial: usize, resets: usize, positive: bool,
  y: usize, last: usize, between: usize, scratch: usize,
): void {
  const wide = padded(inner);
  const lanes = <usize>(state * wide) << 2;
  const rates = scratch, h = scratch + lanes;
  const row = <usize>inner << 2, matrixRow = <usize>(groups * state) << 2;
  toLanes(inner, state, stateMatrix, rates, LOG2_E);
  for (let b = 0; b < batch; b++) {
    toLanes(inner, state, initial + <usize>b * ((<usize>inner * state) << 2), h);
    for (let start = 0; start < length; start += chunk) {
      if (start > 0 && between) {
        memory.copy(between, h, lanes);
        between += lanes;
      }
      const count = min(chunk, length - start);
      for (let c = 0; c < inner; c += 4) {
        const at = <usize>c << 2, lane = inner - c;
        const group = <usize>((c * groups / inner) * state) << 2;
        scanChannels(
          count, state, lane, wide, row, matrixRow, x + at, stepSize + at, rates + at,
          inputMatrix + group, outputMatrix + group, loadLanes(skip + at, lane), loadLanes(stepBias + at, lane),
          resets, positive, y + at, h + at,
        );
      }
      const moved = <usize>count * row, movedRows = <usize>count * matrixRow;
      x += moved, stepSize += moved, y += moved;
      inputMatrix += movedRows, outputMatrix += movedRows;
      if (resets) resets += <usize>count << 2;
    }
    fromLanes(inner, state, h, last + <usize>b * ((<usize>inner * state) << 2));
  }
}

/** One chunk of up to four channels. */
function scanChannels(
  count: i32, state: i32, lane: i32, wide: i32, row: usize, matrixRow: usize, x: usize, stepSize: usize, rates: usize,
  inputMatrix: usize, outputMatrix: usize, skip: v128, bias: v128, resets: usize, positive: bool, y: usize, h: usize,
): void {
  const bytes = <usize>wide << 2;
  const end = <usize>state << 2;
  for (let t = 0; t < count; t++) {
    if (resets) {
      const keep: f32 = <f32>1 - load<f32>(resets);
      if (keep != <f32>1) forget(state, bytes, h, keep);
      resets += 4;
    }
    const raw = f32x4.add(loadLanes(stepSize, lane), bias);
    const delta = positive ? softplus4(raw) : raw;
    const now = loadLanes(x, lane);
    const entered = f32x4.mul(delta, now);
    let sum = f32x4.mul(skip, now);
    let rate = rates, place = h;
    for (let n: usize = 0; n < end; n += 4, rate += bytes, place += bytes) {
      const decay = powerOfTwo(f32x4.mul(delta, v128.load(rate)));
      const input = f32x4.mul(entered, v128.load32_splat(inputMatrix + n));
      const next = f32x4.add(f32x4.mul(decay, v128.load(place)), input);
      v128.store(place, next);
      sum = f32x4.add(sum, f32x4.mul(next, v128.load32_splat(outputMatrix + n)));
    }
    storeLanes(y, sum, lane);
    x += row, stepSize += row, y += row;
    inputMatrix += matrixRow, outputMatrix += matrixRow;
  }
}

export function forget(state: i32, bytes: usize, h: usize, keep: f32): void {
  const factor = f32x4.splat(keep);
  for (let n = 0; n < state; n++, h += bytes) v128.store(h, f32x4.mul(factor, v128.load(h)));
}
