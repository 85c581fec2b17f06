// The derivative of the selective scan. From the last chunk to the first: the states inside a chunk are computed again from
// the one kept where it begins, then the steps are gone through backwards.
import { sigmoid4, sumOfLanes } from '../../core/assembly/math';
import { fromLanes, loadLanes, padded, storeLanes, toLanes } from './lanes';
import { LN_2, LOG2_E, powerOfTwo, softplus4 } from './step-size';

/** Vectors per step of a chunk and place of the state: state before, decay, and the sums for both matrices. */
const KEPT: i32 = 4;

export function scanBackwardScratchBytes(inner: i32, state: i32, chunk: i32): i32 {
  return ((4 * state * padded(inner) + 2 * padded(inner)) << 2) + (((KEPT * chunk + 1) * state + chunk) << 4);
}

// The chunk at hand, set by `scanBackward` for the functions that go through it.
let states: usize = 0, decays: usize = 0, steps: usize = 0, inputSums: usize = 0, outputSums: usize = 0;

/** As `scanForward`; dy as y, dFinal as last; the gradients as what they belong to. */
export function scanBackward(
  batch: i32, length: i32, inner: i32, state: i32, groups: i32, chunk: i32,
  x: usize, stepSize: usize, stateMatrix: usize, inputMatrix: usize, outputMatrix: usize,
  skip: usize, stepBias: usize, initial: usize, resets: usize, positive: bool, between: usize, dy: usize, dFinal: usize,
  dx: usize, dStepSize: usize, dStateMatrix: usize, dInputMatrix: usize, dOutputMatrix: usize,
  dSkip: usize, dStepBias: usize, dInitial: usize, scratch: usize,
): void {
  const wide = padded(inner), lanes = <usize>(state * wide) << 2;
  const rates = scratch, gradient = rates + lanes, dRates = gradient + lanes, first = dRates + lanes;
  const skips = first + lanes, biases = skips + (<usize>wide << 2);
  states = biases + (<usize>wide << 2);
  decays = states + (<usize>((chunk + 1) * state) << 4);
  inputSums = decays + (<usize>(chunk * state) << 4);
  outputSums = inputSums + (<usize>(chunk * state) << 4);
  steps = outputSums + (<usize>(chunk * state) << 4);
  const row = <usize>inner << 2, matrixRow = <usize>(groups * state) << 2, groupWidth = inner / groups;
  const kept = (length + chunk - 1) / chunk - 1;
  toLanes(inner, state, stateMatrix, rates, LOG2_E);
  memory.fill(dRates, 0, lanes);
  memory.fill(skips, 0, <usize>wide << 3);
  for (let b = 0; b < batch; b++) {
    const whole = <usize>b * ((<usize>inner * state) << 2);
    toLanes(inner, state, dFinal + whole, gradient);
    toLanes(inner, state, initial + whole, first);
    for (let k = kept; k >= 0; k--) {
      const start = b * length + k * chunk, count = min(chunk, length - k * chunk);
      const rows = <usize>start * row, matrixRows = <usize>start * matrixRow;
      const before = k == 0 ? first : between + <usize>(b * kept + k - 1) * lanes;
      for (let group = 0; group < groups; group++) {
        const own = matrixRows + (<usize>(group * state) << 2);
        memory.fill(inputSums, 0, <usize>(2 * chunk * state) << 4);
        for (let c = group * groupWidth; c < (group + 1) * groupWidth; c += 4) {
          const at = <usize>c << 2, lane = inner - c, bias = loadLanes(stepBias + at, lane);
          repeatChunk(
            count, state, lane, wide, row, matrixRow, x + rows + at, stepSize + rows + at, rates + at,
            inputMatrix + own, bias, resets ? resets + (<usize>start << 2) : 0, positive, before + at,
          );
          returnThrough(
            count, state, lane, wide, row, matrixRow, x + rows + at, stepSize + rows + at, rates + at,
            inputMatrix + own, outputMatrix + own, loadLanes(skip + at, lane), bias, positive, dy + rows + at,
            dx + rows + at, dStepSize + rows + at, gradient + at, dRates + at, skips + at, biases + at,
          );
        }
        reduceSums(count, state, matrixRow, inputSums, dInputMatrix + own);
        reduceSums(count, state, matrixRow, outputSums, dOutputMatrix + own);
      }
    }
    fromLanes(inner, state, gradient, dInitial + whole);
  }
  fromLanes(inner, state, dRates, dStateMatrix);
  memory.copy(dSkip, skips, row);
  memory.copy(dStepBias, biases, row);
}

/** Fills `states` (before each step, and after the last), `decays` and `steps`. */
function repeatChunk(
  count: i32, state: i32, lane: i32, wide: i32, row: usize, matrixRow: usize, x: usize, stepSize: usize, rates: usize,
  inputMatrix: usize, bias: v128, resets: usize, positive: bool, before: usize,
): void {
  const bytes = <usize>wide << 2, end = <usize>state << 2;
  let now = states, decayed = decays;
  for (let n = 0; n < state; n++, before += bytes) v128.store(now + (<usize>n << 4), v128.load(before));
  for (let t = 0; t < count; t++) {
    const keep = f32x4.splat(resets ? <f32>1 - load<f32>(resets + (<usize>t << 2)) : <f32>1);
    const raw = f32x4.add(loadLanes(stepSize, lane), bias);
    const delta = positive ? softplus4(raw) : raw;
    v128.store(steps + (<usize>t << 4), delta);
    const entered = f32x4.mul(delta, loadLanes(x, lane));
    let rate = rates, next = now + (<usize>state << 4);
    for (let n: usize = 0; n < end; n += 4, rate += bytes, now += 16, next += 16, decayed += 16) {
      const decay = f32x4.mul(keep, powerOfTwo(f32x4.mul(delta, v128.load(rate))));
      v128.store(decayed, decay);
      const input = f32x4.mul(entered, v128.load32_splat(inputMatrix + n));
      v128.store(next, f32x4.add(f32x4.mul(decay, v128.load(now)), input));
    }
    x += row, stepSize += row, inputMatrix += matrixRow;
  }
}

/** The steps of a chunk backwards: `gradient` is that of the state after it, and becomes that of the state before it. */
function returnThrough(
  count: i32, state: i32, lane: i32, wide: i32, row: usize, matrixRow: usize, x: usize, stepSize: usize, rates: usize,
  inputMatrix: usize, outputMatrix: usize, skip: v128, bias: v128, positive: bool, dy: usize,
  dx: usize, dStepSize: usize, gradient: usize, dRates: usize, dSkip: usize, dBias: usize,
): void {
  const bytes = <usize>wide << 2, end = <usize>state << 2, vectors = <usize>state << 4;
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
      rate += bytes, dRate += bytes, g += bytes;
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

/** The sums over lanes of `count` steps, into rows of a matrix's gradient. */
function reduceSums(count: i32, state: i32, matrixRow: usize, sums: usize, to: usize): void {
  for (let t = 0; t < count; t++, to += matrixRow) {
    for (let n = 0; n < state; n++, sums += 16) store<f32>(to + (<usize>n << 2), sumOfLanes(v128.load(sums)));
  }
}
