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
export function gruReference({ gates, weight, bias, hidden, real, keep }: OpInputs): Tensor[] {
  const [reals, keeps] = [columnsOf(real!), columnsOf(keep!)];
  // What is handed back must not be the very tensor that came in.
  let h = clone(hidden!);
  const [outputs, activations, befores]: [Tensor[], Tensor[], Tensor[]] = [[], [], []];
  for (const [t, now] of unstack(gates!, 1).entries()) {
    const before = mul(h, keeps[t]!);
    const fromInput = split(now, 3, 1) as [Tensor, Tensor, Tensor];
    const fromState = split(add(matMul(before, weight!), bias!), 3, 1) as [Tensor, Tensor, Tensor];
    const reset = sigmoid(add(fromInput[0], fromState[0]));
    const stay = sigmoid(add(fromInput[1], fromState[1]));
    const candidate = tanh(add(fromInput[2], mul(reset, fromState[2])));
    const output = blend(stay, before, candidate);
    h = blend(reals[t]!, output, before);
    outputs.push(output);
    activations.push(concat([reset, stay, candidate, fromState[2]], 1));
    befores.push(before);
  }
  return [stack(outputs, 1), h, stack(activations, 1), stack(befores, 1)];
}
