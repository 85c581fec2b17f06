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

/** The GRU, the readable reference, position by position. */
export function gruReference({ gates, weight, bias, hidden, real, keep }: OpInputs): Tensor[] {
  const [reals, keeps] = [columnsOf(real!), columnsOf(keep!)];
  // The result must not be an input tensor itself.
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

/** The gradients of the input and recurrent parts of the gates and of the initial state, in reverse order. */
export function gruGradientReference(inputs: OpInputs): Tensor[] {
  const { weight, activations, before, real, keep, dOutputs, dLast } = inputs;
  const [reals, keeps] = [columnsOf(real!), columnsOf(keep!)];
  const [kept, befores, slopes] = [unstack(activations!, 1), unstack(before!, 1), unstack(dOutputs!, 1)];
  let dHidden = dLast!;
  const [dInput, dRecurrent]: [Tensor[], Tensor[]] = [[], []];
  for (let t = kept.length - 1; t >= 0; t--) {
    const [reset, stay, candidate, fromState] = split(kept[t]!, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    const dOutput = add(slopes[t]!, mul(reals[t]!, dHidden));
    const dStay = throughSigmoid(mul(dOutput, sub(befores[t]!, candidate)), stay);
    const dCandidate = throughTanh(mul(dOutput, sub(1, stay)), candidate);
    const dReset = throughSigmoid(mul(dCandidate, fromState), reset);
    const recurrent = concat([dReset, dStay, mul(dCandidate, reset)], 1);
    dInput.unshift(concat([dReset, dStay, dCandidate], 1));
    dRecurrent.unshift(recurrent);
    const past = add(mul(sub(1, reals[t]!), dHidden), mul(dOutput, stay));
    dHidden = mul(keeps[t]!, add(past, matMul(recurrent, weight!, false, true)));
  }
  return [stack(dInput, 1), stack(dRecurrent, 1), dHidden];
}
