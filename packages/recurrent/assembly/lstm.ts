// An LSTM over a sequence: the input part of the gates is given, the product with the state is computed here.
import { sigmoid4 } from '../../core/assembly/math';
import { loadLanes, storeLanes } from '../../core/assembly/lanes';
import { blend, scale } from './blend';
import { clearLeftSide, productAt, productRow, stepProduct } from './step-product';
import { tanh4 } from './tanh';

/**
 * gates [batch, length, 4 hidden] from the input, in the order i, f, g, o; weight [hidden, 4 hidden]; the initial
 * state, hidden and cell [batch, hidden]; real and keep [batch, length], 1 or 0: whether the position is a real token,
 * and whether the state before it is kept. -> outputs [batch, length, hidden], the last hidden state and cell, and
 * unless their offsets are 0 the values for the backward pass: the gates after their activations, and hidden state and
 * cell before each step.
 *
 * For a half-open range of batch rows.
 *
 * @param panels of the weight, or 0 as in `stepProduct`
 * @param scratch `stepScratchBytes(last - first, hidden, 4 hidden)`
 */
export function lstmForward(
  first: i32, last: i32, panels: usize, scratch: usize, length: i32, hidden: i32,
  gates: usize, weight: usize, firstHidden: usize, firstCell: usize, real: usize, keep: usize,
  outputs: usize, lastHidden: usize, lastCell: usize, activations: usize, hiddenBefore: usize, cellBefore: usize,
): void {
  const rows = last - first, four = 4 * hidden, row = <usize>hidden << 2, before = <usize>first * row;
  const product = productAt(scratch, rows, hidden), productStep = <usize>productRow(four) << 2;
  memory.copy(lastHidden + before, firstHidden + before, <usize>rows * row);
  memory.copy(lastCell + before, firstCell + before, <usize>rows * row);
  clearLeftSide(rows, hidden, scratch);
  for (let t = 0; t < length; t++) {
    for (let b = first; b < last; b++) {
      const place = <usize>(b * length + t), line = <usize>b * row, left = scratch + line - before, cell = lastCell + line;
      const factor = load<f32>(keep + (place << 2));
      scale(hidden, factor, lastHidden + line, left);
      scale(hidden, factor, cell, cell);
      if (!activations) continue;
      memory.copy(hiddenBefore + place * row, left, row);
      memory.copy(cellBefore + place * row, cell, row);
    }
    stepProduct(rows, hidden, four, weight, four, 1, panels, scratch);
    for (let b = first; b < last; b++) {
      const place = <usize>(b * length + t), line = <usize>b * row;
      advance(
        hidden, row, gates + place * 4 * row, product + <usize>(b - first) * productStep, scratch + line - before,
        load<f32>(real + (place << 2)), outputs + place * row, lastHidden + line, lastCell + line,
        activations ? activations + place * 4 * row : 0,
      );
    }
  }
}

/** One step of one row. */
function advance(
  hidden: i32, row: usize, gates: usize, product: usize, before: usize, real: f32, output: usize,
  state: usize, cell: usize, activations: usize,
): void {
  const share = f32x4.splat(real);
  for (let n = 0; n < hidden; n += 4) {
    const at = <usize>n << 2, lane = hidden - n;
    const enter = sigmoid4(sum(gates + at, product + at, lane));
    const forget = sigmoid4(sum(gates + at + row, product + at + row, lane));
    const candidate = tanh4(sum(gates + at + 2 * row, product + at + 2 * row, lane));
    const leave = sigmoid4(sum(gates + at + 3 * row, product + at + 3 * row, lane));
    const then = loadLanes(cell + at, lane);
    const now = f32x4.add(f32x4.mul(forget, then), f32x4.mul(enter, candidate));
    const out = f32x4.mul(leave, tanh4(now));
    storeLanes(output + at, out, lane);
    storeLanes(state + at, blend(share, out, loadLanes(before + at, lane)), lane);
    storeLanes(cell + at, blend(share, now, then), lane);
    if (!activations) continue;
    storeLanes(activations + at, enter, lane);
    storeLanes(activations + at + row, forget, lane);
    storeLanes(activations + at + 2 * row, candidate, lane);
    storeLanes(activations + at + 3 * row, leave, lane);
  }
}

// @ts-ignore: decorator
@inline
function sum(a: usize, b: usize, lane: i32): v128 {
  return f32x4.add(loadLanes(a, lane), loadLanes(b, lane));
}
