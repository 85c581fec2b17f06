// The backward pass of an LSTM, in reverse order of positions.
import { loadLanes, storeLanes } from '../../core/assembly/lanes';
import { rest, scale, scaleSum } from './blend';
import { throughSigmoid, throughTanh } from './slopes';
import { clearLeftSide, productAt, productRow, stepProduct } from './step-product';
import { tanh4 } from './tanh';

/**
 * From what `lstmForward` saved and the gradients of its outputs and of the last state: the gradients of the gates
 * before their activations [batch, length, 4 hidden] and of the initial state. For a half-open range of batch rows.
 *
 * @param panels of the transposed weight, or 0 as in `stepProduct`
 * @param scratch `stepScratchBytes(last - first, 4 hidden, hidden)`
 */
export function lstmBackward(
  first: i32, last: i32, panels: usize, scratch: usize, length: i32, hidden: i32,
  weight: usize, activations: usize, cellBefore: usize, real: usize, keep: usize,
  dOutputs: usize, dLastHidden: usize, dLastCell: usize, dGates: usize, dHidden: usize, dCell: usize,
): void {
  const rows = last - first, four = 4 * hidden, row = <usize>hidden << 2, before = <usize>first * row;
  const product = productAt(scratch, rows, four), productStep = <usize>productRow(hidden) << 2;
  memory.copy(dHidden + before, dLastHidden + before, <usize>rows * row);
  memory.copy(dCell + before, dLastCell + before, <usize>rows * row);
  clearLeftSide(rows, four, scratch);
  for (let t = length - 1; t >= 0; t--) {
    for (let b = first; b < last; b++) {
      const place = <usize>(b * length + t), line = <usize>b * row, left = scratch + 4 * (line - before);
      retreat(
        hidden, row, activations + place * 4 * row, cellBefore + place * row, dOutputs + place * row,
        load<f32>(real + (place << 2)), dHidden + line, dCell + line, left,
      );
      memory.copy(dGates + place * 4 * row, left, 4 * row);
    }
    stepProduct(rows, four, hidden, weight, 1, four, panels, scratch);
    for (let b = first; b < last; b++) {
      const factor = load<f32>(keep + (<usize>(b * length + t) << 2)), line = <usize>b * row;
      scaleSum(hidden, factor, dHidden + line, product + <usize>(b - first) * productStep);
      scale(hidden, factor, dCell + line, dCell + line);
    }
  }
}

/** One step of one row: the gradients of its gates; dHidden without the part that passes through them, and dCell. */
function retreat(
  hidden: i32, row: usize, activations: usize, cellBefore: usize, dOutput: usize, real: f32,
  dHidden: usize, dCell: usize, dGates: usize,
): void {
  const share = f32x4.splat(real);
  for (let n = 0; n < hidden; n += 4) {
    const at = <usize>n << 2, lane = hidden - n;
    const enter = loadLanes(activations + at, lane), forget = loadLanes(activations + at + row, lane);
    const candidate = loadLanes(activations + at + 2 * row, lane), leave = loadLanes(activations + at + 3 * row, lane);
    const then = loadLanes(cellBefore + at, lane);
    const shown = tanh4(f32x4.add(f32x4.mul(forget, then), f32x4.mul(enter, candidate)));
    const arriving = loadLanes(dHidden + at, lane), arrivingCell = loadLanes(dCell + at, lane);
    const dOut = f32x4.add(loadLanes(dOutput + at, lane), f32x4.mul(share, arriving));
    const dNow = f32x4.add(f32x4.mul(share, arrivingCell), throughTanh(f32x4.mul(dOut, leave), shown));
    storeLanes(dGates + at, throughSigmoid(f32x4.mul(dNow, candidate), enter), lane);
    storeLanes(dGates + at + row, throughSigmoid(f32x4.mul(dNow, then), forget), lane);
    storeLanes(dGates + at + 2 * row, throughTanh(f32x4.mul(dNow, enter), candidate), lane);
    storeLanes(dGates + at + 3 * row, throughSigmoid(f32x4.mul(dOut, shown), leave), lane);
    storeLanes(dHidden + at, rest(share, arriving), lane);
    storeLanes(dCell + at, f32x4.add(rest(share, arrivingCell), f32x4.mul(dNow, forget)), lane);
  }
}
