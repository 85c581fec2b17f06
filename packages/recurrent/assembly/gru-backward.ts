// The backward pass of a GRU, in reverse order of positions.
import { loadLanes, storeLanes } from '../../core/assembly/lanes';
import { rest, scaleSum } from './blend';
import { throughSigmoid, throughTanh } from './slopes';
import { clearLeftSide, productAt, productRow, stepProduct } from './step-product';

/**
 * From what `gruForward` saved and the gradients of its outputs and of the last state: the gradients of the input part
 * and of the recurrent part of the gates, both [batch, length, 3 hidden], and of the initial state. For a half-open
 * range of batch rows.
 *
 * @param panels of the transposed weight, or 0 as in `stepProduct`
 * @param scratch `stepScratchBytes(last - first, 3 hidden, hidden)`
 */
export function gruBackward(
  first: i32, last: i32, panels: usize, scratch: usize, length: i32, hidden: i32,
  weight: usize, activations: usize, hiddenBefore: usize, real: usize, keep: usize,
  dOutputs: usize, dLast: usize, dInput: usize, dRecurrent: usize, dHidden: usize,
): void {
  const rows = last - first, three = 3 * hidden, row = <usize>hidden << 2, before = <usize>first * row;
  const product = productAt(scratch, rows, three), productStep = <usize>productRow(hidden) << 2;
  memory.copy(dHidden + before, dLast + before, <usize>rows * row);
  clearLeftSide(rows, three, scratch);
  for (let t = length - 1; t >= 0; t--) {
    for (let b = first; b < last; b++) {
      const place = <usize>(b * length + t), line = <usize>b * row, left = scratch + 3 * (line - before);
      retreat(
        hidden, row, activations + place * 4 * row, hiddenBefore + place * row, dOutputs + place * row,
        load<f32>(real + (place << 2)), dHidden + line, dInput + place * 3 * row, left,
      );
      memory.copy(dRecurrent + place * 3 * row, left, 3 * row);
    }
    stepProduct(rows, three, hidden, weight, 1, three, panels, scratch);
    for (let b = first; b < last; b++) {
      const factor = load<f32>(keep + (<usize>(b * length + t) << 2));
      scaleSum(hidden, factor, dHidden + <usize>b * row, product + <usize>(b - first) * productStep);
    }
  }
}

/** One step of one row: the gradients of its gates, and dHidden without the part that passes through them. */
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
