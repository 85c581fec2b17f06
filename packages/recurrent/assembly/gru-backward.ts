// The derivative of a GRU, from its end to its beginning.
import { loadLanes, storeLanes } from '../../ssm/assembly/lanes';
import { rest, scaleSum } from './blend';
import { throughSigmoid, throughTanh } from './slopes';
import { prepareProduct, productAt, productRow, stepProduct } from './step-product';

/**
 * What `gruForward` kept, the gradients of its outputs and of the last state -> those of what comes from the input and of
 * what comes from the state, both [batch, length, 3 hidden], and of the first state.
 *
 * @param scratch `stepScratchBytes(batch, 3 hidden, hidden)`
 */
export function gruBackward(
  batch: i32, length: i32, hidden: i32, weight: usize, activations: usize, before: usize, real: usize, keep: usize,
  dOutputs: usize, dLast: usize, dInput: usize, dRecurrent: usize, dHidden: usize, scratch: usize,
): void {
  const three = 3 * hidden, row = <usize>hidden << 2;
  const product = productAt(scratch, batch, three), productStep = <usize>productRow(hidden) << 2;
  memory.copy(dHidden, dLast, <usize>batch * row);
  prepareProduct(batch, three, hidden, weight, 1, three, scratch);
  for (let t = length - 1; t >= 0; t--) {
    for (let b = 0; b < batch; b++) {
      const place = <usize>(b * length + t), line = <usize>b * row, left = scratch + 3 * line;
      retreat(
        hidden, row, activations + place * 4 * row, before + place * row, dOutputs + place * row,
        load<f32>(real + (place << 2)), dHidden + line, dInput + place * 3 * row, left,
      );
      memory.copy(dRecurrent + place * 3 * row, left, 3 * row);
    }
    stepProduct(batch, three, hidden, weight, 1, three, scratch);
    for (let b = 0; b < batch; b++) {
      const factor = load<f32>(keep + (<usize>(b * length + t) << 2));
      scaleSum(hidden, factor, dHidden + <usize>b * row, product + <usize>b * productStep);
    }
  }
}

/** One step of one text: the gradients of its gates, and dHidden without the share that passes through them. */
function retreat(
  hidden: i32, row: usize, activations: usize, before: usize, dOutput: usize, real: f32, dHidden: usize,
  dInput: usize, dRecurrent: usize,
): void {
  const share = f32x4.splat(real);
  for (let n = 0; n < hidden; n += 4) {
    const at = <usize>n << 2, lane = hidden - n, next = at + row, third = next + row;
    const reset = loadLanes(activations + at, lane), keep = loadLanes(activations + next, lane);
    const candidate = loadLanes(activations + third, lane), fromState = loadLanes(activations + third + row, lane);
    const arriving = loadLanes(dHidden + at, lane);
    const dOut = f32x4.add(loadLanes(dOutput + at, lane), f32x4.mul(share, arriving));
    const dKeep = throughSigmoid(f32x4.mul(dOut, f32x4.sub(loadLanes(before + at, lane), candidate)), keep);
    const dCandidate = throughTanh(rest(keep, dOut), candidate);
    const dReset = throughSigmoid(f32x4.mul(dCandidate, fromState), reset);
    storeLanes(dInput + at, dReset, lane);
    storeLanes(dInput + next, dKeep, lane);
    storeLanes(dInput + third, dCandidate, lane);
    storeLanes(dRecurrent + at, dReset, lane);
    storeLanes(dRecurrent + next, dKeep, lane);
    storeLanes(dRecurrent + third, f32x4.mul(dCandidate, reset), lane);
    storeLanes(dHidden + at, f32x4.add(rest(share, arriving), f32x4.mul(dOut, keep)), lane);
  }
}
