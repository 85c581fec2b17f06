import type { OpInputs } from '@sequitur/core';
import { add, concat, matMul, mul, split, stack, sub, type Tensor, unstack } from '@tensorflow/tfjs-core';
import { columnsOf, throughSigmoid, throughTanh } from '../steps.js';

/** From the last position to the first: the gradients of what input and state give to the gates, and of the state before. */
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
