// The backward pass of the selective scan, from the last chunk to the first: states inside a chunk are recomputed from
// the one saved at its start, then the steps run in reverse. Channels are independent except for the gradients of the
// matrices, which are sums over channels: each part of the channels has separate sums, chunk by chunk.
import { sigmoid4, sumOfLanes } from '../../core/assembly/math';
import { loadLanes, storeLanes } from '../../core/assembly/lanes';
import { keptAt, laneBytes, ScanCall, scratchOf } from './scan-call';
import { biasSumsAt, firstAt, gradientAt, rateSumsAt, ratesAt, skipSumsAt } from './scan-gradients';
import { LN_2, powerOfTwo, softplus4 } from './step-size';

/** Bytes of the partial sums for both matrices of a chunk, in vectors whose lanes are still to be added. */
export function scanSumBytes(state: i32, chunk: i32): i32 {
  return (2 * chunk * state) << 4;
}

/** Bytes of scratch that a thread needs for `scanBackward`. */
export function scanBackwardScratchBytes(state: i32, chunk: i32): i32 {
  return (((2 * chunk + 1) * state + chunk) << 4) + scanSumBytes(state, chunk);
}

// Buffers of the current chunk, set by `scanBackward`.
let states: usize = 0, decays: usize = 0, steps: usize = 0, inputSums: usize = 0, outputSums: usize = 0;

/**
 * The backward pass of chunk `k` of batch row `b`, for a half-open range of channels that begins at a multiple of 4.
 * Must be called for the chunks from last to first, between `enterRow` and `leaveRow`.
 *
 * @param sums buffer of `scanSumBytes` for this part's gradients of the matrices; 0 where the channels are whole
 *   groups, whose gradients are then written directly
 */
export function scanBackward(
  call: ScanCall, b: i32, k: i32, channel: i32, lastChannel: i32, sums: usize, thread: i32,
): void {
  const state = call.state, chunk = call.chunk, groups = call.groups, groupWidth = call.inner / groups;
  states = scratchOf(call, thread);
  decays = states + (<usize>((chunk + 1) * state) << 4);
  steps = decays + (<usize>(chunk * state) << 4);
  inputSums = sums ? sums : steps + (<usize>chunk << 4);
  outputSums = inputSums + (<usize>(chunk * state) << 4);
  const start = b * call.length + k * chunk, count = min(chunk, call.length - k * chunk);
  for (let group = channel / groupWidth; group * groupWidth < lastChannel; group++) {
    memory.fill(inputSums, 0, <usize>(2 * chunk * state) << 4);
    const end = min(lastChannel, (group + 1) * groupWidth);
    for (let c = max(channel, group * groupWidth); c < end; c += 4) {
      throughChannels(call, start, count, c, group, k == 0 ? firstAt(call) : keptAt(call, b, k));
    }
    if (sums) continue;
    reduceSums(call, start, count, group, inputSums, 1, call.dInputMatrix);
    reduceSums(call, start, count, group, outputSums, 1, call.dOutputMatrix);
  }
}

/**
 * Adds up the gradients of the matrices of chunk `k` of batch row `b`, for a group whose channels were divided into
 * `parts`.
 */
export function addScanSums(call: ScanCall, b: i32, k: i32, group: i32, sums: usize, parts: i32): void {
  const start = b * call.length + k * call.chunk, count = min(call.chunk, call.length - k * call.chunk);
  reduceSums(call, start, count, group, sums, parts, call.dInputMatrix);
  reduceSums(call, start, count, group, sums + (<usize>(call.chunk * call.state) << 4), parts, call.dOutputMatrix);
}

/** Sums over parts and lanes, of `count` steps from `start` on, into rows of a matrix's gradient. */
function reduceSums(call: ScanCall, start: i32, count: i32, group: i32, sums: usize, parts: i32, matrix: usize): void {
  const state = call.state, groups = call.groups, ofPart = <usize>scanSumBytes(state, call.chunk);
  const end = sums + <usize>parts * ofPart;
  for (let t = 0; t < count; t++) {
    const to = matrix + (<usize>((start + t) * groups + group) * state << 2);
    for (let n = 0; n < state; n++, sums += 16) {
      let sum = v128.load(sums);
      for (let at = sums + ofPart; at < end; at += ofPart) sum = f32x4.add(sum, v128.load(at));
      store<f32>(to + (<usize>n << 2), sumOfLanes(sum));
    }
  }
}

/** A chunk of up to four channels of a group; `kept` are the states at its start. */
function throughChannels(call: ScanCall, start: i32, count: i32, c: i32, group: i32, kept: usize): void {
  const state = call.state, row = <usize>call.inner << 2, matrixRow = <usize>(call.groups * state) << 2;
  const at = <usize>c << 2, lane = call.inner - c, lanes = laneBytes(c, state), place = <usize>start * row + at;
  const matrix = <usize>start * matrixRow + (<usize>(group * state) << 2);
  const x = <usize>call.x + place, stepSize = <usize>call.stepSize + place, rates = ratesAt(call) + lanes;
  const inputMatrix = <usize>call.inputMatrix + matrix, bias = loadLanes(<usize>call.stepBias + at, lane);
  const resets = call.resets ? <usize>call.resets + (<usize>start << 2) : 0, positive = call.positive != 0;
  repeatChunk(
    count, state, lane, row, matrixRow, x, stepSize, rates, inputMatrix, bias, resets, positive, kept + lanes,
  );
  returnThrough(
    count, state, lane, row, matrixRow, x, stepSize, rates, inputMatrix, <usize>call.outputMatrix + matrix,
    loadLanes(<usize>call.skip + at, lane), bias, positive, <usize>call.dy + place,
    <usize>call.dx + place, <usize>call.dStepSize + place, gradientAt(call) + lanes, rateSumsAt(call) + lanes,
    skipSumsAt(call) + at, biasSumsAt(call) + at,
  );
}

/** Fills `states` (before each step, and after the last), `decays` and `steps`. */
function repeatChunk(
  count: i32, state: i32, lane: i32, row: usize, matrixRow: usize, x: usize, stepSize: usize, rates: usize,
  inputMatrix: usize, bias: v128, resets: usize, positive: bool, before: usize,
): void {
  const end = <usize>state << 2;
  let now = states, decayed = decays;
  memory.copy(now, before, <usize>state << 4);
  for (let t = 0; t < count; t++) {
    const keep = f32x4.splat(resets ? <f32>1 - load<f32>(resets + (<usize>t << 2)) : <f32>1);
    const raw = f32x4.add(loadLanes(stepSize, lane), bias);
    const delta = positive ? softplus4(raw) : raw;
    v128.store(steps + (<usize>t << 4), delta);
    const entered = f32x4.mul(delta, loadLanes(x, lane));
    let rate = rates, next = now + (<usize>state << 4);
    for (let n: usize = 0; n < end; n += 4, rate += 16, now += 16, next += 16, decayed += 16) {
      const decay = f32x4.mul(keep, powerOfTwo(f32x4.mul(delta, v128.load(rate))));
      v128.store(decayed, decay);
      const input = f32x4.mul(entered, v128.load32_splat(inputMatrix + n));
      v128.store(next, f32x4.add(f32x4.mul(decay, v128.load(now)), input));
    }
    x += row, stepSize += row, inputMatrix += matrixRow;
  }
}

/**
 * The steps of a chunk in reverse: `gradient` is that of the state after it, and becomes that of the state before it.
 */
function returnThrough(
  count: i32, state: i32, lane: i32, row: usize, matrixRow: usize, x: usize, stepSize: usize, rates: usize,
  inputMatrix: usize, outputMatrix: usize, skip: v128, bias: v128, positive: bool, dy: usize,
  dx: usize, dStepSize: usize, gradient: usize, dRates: usize, dSkip: usize, dBias: usize,
): void {
  const end = <usize>state << 2, vectors = <usize>state << 4;
  let skipSum = v128.load(dSkip), biasSum = v128.load(dBias);
  for (let t = count - 1; t >= 0; t--) {
    const offset = <usize>t * row, matrixOffset = <usize>t * matrixRow, kept = <usize>t * vectors;
    const now = loadLanes(x + offset, lane), slope = loadLanes(dy + offset, lane);
    const delta = v128.load(steps + (<usize>t << 4)), entered = f32x4.mul(delta, now);
    let product = f32x4.splat(0), exponent = f32x4.splat(0);
    let rate = rates, dRate = dRates, g = gradient;
    let before = states + kept, decayed = decays + kept, inputSum = inputSums + kept, outputSum = outputSums + kept;
    for (let n: usize = 0; n < end; n += 4) {
      const arriving = f32x4.add(v128.load(g), f32x4.mul(slope, v128.load32_splat(outputMatrix + matrixOffset + n)));
      const after = v128.load(before + vectors);
      v128.store(outputSum, f32x4.add(v128.load(outputSum), f32x4.mul(slope, after)));
      v128.store(inputSum, f32x4.add(v128.load(inputSum), f32x4.mul(arriving, entered)));
      product = f32x4.add(product, f32x4.mul(arriving, v128.load32_splat(inputMatrix + matrixOffset + n)));
      const leaving = f32x4.mul(arriving, v128.load(decayed));
      const dExponent = f32x4.mul(leaving, v128.load(before));
      exponent = f32x4.add(exponent, f32x4.mul(dExponent, v128.load(rate)));
      v128.store(dRate, f32x4.add(v128.load(dRate), f32x4.mul(dExponent, delta)));
      v128.store(g, leaving);
      rate += 16, dRate += 16, g += 16;
      before += 16, decayed += 16, inputSum += 16, outputSum += 16;
    }
    // The rates are scaled by log2(e).
    let dDelta = f32x4.add(f32x4.mul(exponent, f32x4.splat(LN_2)), f32x4.mul(product, now));
    if (positive) dDelta = f32x4.mul(dDelta, sigmoid4(f32x4.add(loadLanes(stepSize + offset, lane), bias)));
    storeLanes(dStepSize + offset, dDelta, lane);
    storeLanes(dx + offset, f32x4.add(f32x4.mul(product, delta), f32x4.mul(slope, skip)), lane);
    skipSum = f32x4.add(skipSum, f32x4.mul(slope, now));
    biasSum = f32x4.add(biasSum, dDelta);
  }
  v128.store(dSkip, skipSum);
  v128.store(dBias, biasSum);
}
