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
  type Tensor,
  tanh,
  unstack,
} from '@tensorflow/tfjs-core';
import { blend, columnsOf } from '../steps.js';

/** One position after the other. */
export function lstmReference({ gates, weight, hidden, cell, real, keep }: OpInputs): Tensor[] {
  const [reals, keeps] = [columnsOf(real!), columnsOf(keep!)];
  // What is handed back must not be the very tensors that came in.
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
