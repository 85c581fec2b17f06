// A GRU over a sequence: the input part of the gates is given, the product with the state is computed here.
import { sigmoid4 } from '../../core/assembly/math';
import { loadLanes, storeLanes } from '../../core/assembly/lanes';
import { blend, scale } from './blend';
import { clearLeftSide, productAt, productRow, stepProduct } from './step-product';
import { tanh4 } from './tanh';

/**
 * gates [batch, length, 3 hidden] from the input, in the order r, z, n; weight [hidden, 3 hidden] and bias [3 hidden];
 * the initial state [batch, hidden]; real and keep [batch, length] as for `lstmForward`. -> outputs [batch, length,
 * hidden], the last state, and unless their offsets are 0 the values for the backward pass: r, z, n and the recurrent
 * part of n, [batch, length, 4 hidden], and the state before each step. For a half-open range of batch rows.
 *
 * @param panels of the weight, or 0 as in `stepProduct`
 * @param scratch `stepScratchBytes(last - first, hidden, 3 hidden)`
 */
export function gruForward(
  first: i32, last: i32, panels: usize, scratch: usize, length: i32, hidden: i32,
  gates: usize, weight: usize, bias: usize, firstHidden: usize, real: usize, keep: usize,
  outputs: usize, lastHidden: usize, activations: usize, hiddenBefore: usize,
): void {
  const rows = last - first, three = 3 * hidden, row = <usize>hidden << 2, before = <usize>first * row;
  const product = productAt(scratch, rows, hidden), productStep = <usize>productRow(three) << 2;
  memory.copy(lastHidden + before, firstHidden + before, <usize>rows * row);
  clearLeftSide(rows, hidden, scratch);
  for (let t = 0; t < length; t++) {
    for (let b = first; b < last; b++) {
      const place = <usize>(b * length + t), line = <usize>b * row, left = scratch + line - before;
      scale(hidden, load<f32>(keep + (place << 2)), lastHidden + line, left);
      if (activations) memory.copy(hiddenBefore + place * row, left, row);
    }
    stepProduct(rows, hidden, three, weight, three, 1, panels, scratch);
    for (let b = first; b < last; b++) {
      const place = <usize>(b * length + t), line = <usize>b * row;
      advance(
        hidden, row, gates + place * 3 * row, product + <usize>(b - first) * productStep, bias, scratch + line - before,
        load<f32>(real + (place << 2)), outputs + place * row, lastHidden + line,
        activations ? activations + place * 4 * row : 0,
      );
    }
  }
}

/** One step of one row. */
function advance(
  hidden: i32, row: usize, gates: usize, product: usize, bias: usize, before: usize, real: f32, output: usize,
  state: usize, activations: usize,
): void {
  const share = f32x4.splat(real);
  for (let n = 0; n < hidden; n += 4) {
    const at = <usize>n << 2, lane = hidden - n;
    const reset = sigmoid4(f32x4.add(loadLanes(gates + at, lane), sum(product + at, bias + at, lane)));
    const next = at + row, third = next + row;
    const keep = sigmoid4(f32x4.add(loadLanes(gates + next, lane), sum(product + next, bias + next, lane)));
    const fromState = sum(product + third, bias + third, lane);
    const candidate = tanh4(f32x4.add(loadLanes(gates + third, lane), f32x4.mul(reset, fromState)));
    const then = loadLanes(before + at, lane);
    const out = blend(keep, then, candidate);
    storeLanes(output + at, out, lane);
    storeLanes(state + at, blend(share, out, then), lane);
    if (!activations) continue;
    storeLanes(activations + at, reset, lane);
    storeLanes(activations + next, keep, lane);
    storeLanes(activations + third, candidate, lane);
    storeLanes(activations + third + row, fromState, lane);
  }
}

// @ts-ignore: decorator
@inline
function sum(a: usize, b: usize, lane: i32): v128 {
  return f32x4.add(loadLanes(a, lane), loadLanes(b, lane));
}
