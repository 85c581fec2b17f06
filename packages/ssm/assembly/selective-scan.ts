// The selective scan (Gu and Dao 2023, algorithm 2) with four adjacent channels in the lanes of a vector: no sums
// across lanes, any state size. Chunk by chunk over the length, so that a chunk stays in the CPU cache for all
// channels.
import { fromLanes, loadLanes, storeLanes, toLanes } from '../../core/assembly/lanes';
import { keptAt, laneBytes, ScanCall, scratchOf } from './scan-call';
import { LOG2_E, powerOfTwo, softplus4 } from './step-size';

/** Bytes of scratch that a thread needs for `scanForward` of `channels` channels. */
export function scanForwardScratchBytes(channels: i32, state: i32): i32 {
  return <i32>(2 * laneBytes(channels, state));
}

/** The forward pass for half-open ranges of batch rows and channels; the first channel is a multiple of 4. */
export function scanForward(
  call: ScanCall, text: i32, lastText: i32, channel: i32, lastChannel: i32, thread: i32,
): void {
  const length = call.length, state = call.state, chunk = call.chunk, channels = lastChannel - channel;
  const lanes = laneBytes(channels, state), before = laneBytes(channel, state);
  const rates = scratchOf(call, thread), h = rates + lanes;
  toLanes(channels, state, <usize>call.stateMatrix + before, rates, LOG2_E);
  for (let b = text; b < lastText; b++) {
    const own = (<usize>(b * call.inner) * state << 2) + before;
    toLanes(channels, state, <usize>call.initial + own, h);
    for (let start = 0, k = 0; start < length; start += chunk, k++) {
      if (k > 0 && call.between) memory.copy(keptAt(call, b, k) + before, h, lanes);
      scanChunk(call, b * length + start, min(chunk, length - start), channel, lastChannel, rates, h);
    }
    fromLanes(channels, state, h, <usize>call.last + own);
  }
}

/** `count` steps from `start` on, counted through the batch. */
function scanChunk(
  call: ScanCall, start: i32, count: i32, channel: i32, lastChannel: i32, rates: usize, h: usize,
): void {
  const inner = call.inner, state = call.state, groups = call.groups, vectors = <usize>state << 4;
  const row = <usize>inner << 2, matrixRow = <usize>(groups * state) << 2;
  const rows = <usize>start * row, matrixRows = <usize>start * matrixRow;
  const resets = call.resets ? <usize>call.resets + (<usize>start << 2) : 0;
  for (let c = channel; c < lastChannel; c += 4, rates += vectors, h += vectors) {
    const at = <usize>c << 2, lane = inner - c, place = rows + at;
    const matrix = matrixRows + (<usize>((c * groups / inner) * state) << 2);
    scanChannels(
      count, state, lane, row, matrixRow, <usize>call.x + place, <usize>call.stepSize + place, rates,
      <usize>call.inputMatrix + matrix, <usize>call.outputMatrix + matrix,
      loadLanes(<usize>call.skip + at, lane), loadLanes(<usize>call.stepBias + at, lane),
      resets, call.positive != 0, <usize>call.y + place, h,
    );
  }
}

/** One chunk of up to four channels. */
function scanChannels(
  count: i32, state: i32, lane: i32, row: usize, matrixRow: usize, x: usize, stepSize: usize, rates: usize,
  inputMatrix: usize, outputMatrix: usize, skip: v128, bias: v128, resets: usize, positive: bool, y: usize, h: usize,
): void {
  const end = <usize>state << 2;
  for (let t = 0; t < count; t++) {
    if (resets) {
      const keep: f32 = <f32>1 - load<f32>(resets);
      if (keep != <f32>1) forget(state, h, keep);
      resets += 4;
    }
    const raw = f32x4.add(loadLanes(stepSize, lane), bias);
    const delta = positive ? softplus4(raw) : raw;
    const now = loadLanes(x, lane);
    const entered = f32x4.mul(delta, now);
    let sum = f32x4.mul(skip, now);
    let rate = rates, place = h;
    for (let n: usize = 0; n < end; n += 4, rate += 16, place += 16) {
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

function forget(state: i32, h: usize, keep: f32): void {
  const factor = f32x4.splat(keep);
  for (let n = 0; n < state; n++, h += 16) v128.store(h, f32x4.mul(factor, v128.load(h)));
}
