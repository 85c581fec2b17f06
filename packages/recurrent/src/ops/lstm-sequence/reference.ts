import type { OpInputs } from '@sequitur/core';
import {
  add,
  clone,
  concat,
  matMul,
  mul,
  sigmoid,
  split,
  stack,
  sub,
  type Tensor,
  tanh,
  unstack,
} from '@tensorflow/tfjs-core';
import { blend, columnsOf, throughSigmoid, throughTanh } from '../steps.js';

/** The LSTM, the readable reference, position by position. */
export function lstmReference({ gates, weight, hidden, cell, real, keep }: OpInputs): Tensor[] {
  const [reals, keeps] = [columnsOf(real!), columnsOf(keep!)];
  // The results must not be input tensors themselves.
  let [h, c] = [clone(hidden!), clone(cell!)];
  const [outputs, activations, hiddenBefore, cellBefore]: [Tensor[], Tensor[], Tensor[], Tensor[]] = [[], [], [], []];
  for (const [t, now] of unstack(gates!, 1).entries()) {
    const [before, then] = [mul(h, keeps[t]!), mul(c, keeps[t]!)];
    const sums = split(add(now, matMul(before, weight!)), 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    const [enter, forget, leave] = [sigmoid(sums[0]), sigmoid(sums[1]), sigmoid(sums[3])];
    const candidate = tanh(sums[2]);
    const next = add(mul(forget, then), mul(enter, candidate));
    const output = mul(leave, tanh(next));
    h = blend(reals[t]!, output, before);
    c = blend(reals[t]!, next, then);
    outputs.push(output);
    activations.push(concat([enter, forget, candidate, leave], 1));
    hiddenBefore.push(before);
    cellBefore.push(then);
  }
  return [stack(outputs, 1), h, c, ...[activations, hiddenBefore, cellBefore].map((parts) => stack(parts, 1))];
}

/** The gradients of the gates before their activations and of the initial state, in reverse order. */
export function lstmGradientReference(inputs: OpInputs): Tensor[] {
  const { weight, activations, cellBefore, real, keep, dOutputs, dLastHidden, dLastCell } = inputs;
  const [reals, keeps] = [columnsOf(real!), columnsOf(keep!)];
  const [kept, cells, slopes] = [unstack(activations!, 1), unstack(cellBefore!, 1), unstack(dOutputs!, 1)];
  let [dHidden, dCell] = [dLastHidden!, dLastCell!];
  const dGates: Tensor[] = [];
  for (let t = kept.length - 1; t >= 0; t--) {
    const [enter, forget, candidate, leave] = split(kept[t]!, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    const [share, rest, then] = [reals[t]!, sub(1, reals[t]!), cells[t]!];
    const shown = tanh(add(mul(forget, then), mul(enter, candidate)));
    const dOutput = add(slopes[t]!, mul(share, dHidden));
    const dNext = add(mul(share, dCell), throughTanh(mul(dOutput, leave), shown));
    const gates = concat(
      [
        throughSigmoid(mul(dNext, candidate), enter),
        throughSigmoid(mul(dNext, then), forget),
        throughTanh(mul(dNext, enter), candidate),
        throughSigmoid(mul(dOutput, shown), leave),
      ],
      1,
    );
    dGates.unshift(gates);
    dHidden = mul(keeps[t]!, add(mul(rest, dHidden), matMul(gates, weight!, false, true)));
    dCell = mul(keeps[t]!, add(mul(rest, dCell), mul(dNext, forget)));
  }
  return [stack(dGates, 1), dHidden, dCell];
}
