import { add, mul, stack, type Tensor, tidy, unstack } from '@tensorflow/tfjs-core';
import type { OpInputs } from '../define-op.js';

/** The linear scan, the readable reference, step by step. */
export function linearScanReference(decay: Tensor, input: Tensor, initial: Tensor): Tensor {
  return tidy(() => {
    const inputs = unstack(input, 1);
    let state = initial;
    const states = unstack(decay, 1).map((share, t) => {
      state = add(mul(share, state), inputs[t]!);
      return state;
    });
    return stack(states, 1);
  });
}

/** With g the gradient of a state, in reverse order: dInput = g, dDecay = h₋₁ g, and decay g for the previous state. */
export function linearScanGradientReference({ decay, initial, states, dStates }: OpInputs): Tensor[] {
  const [shares, slopes] = [unstack(decay!, 1), unstack(dStates!, 1)];
  const before = [initial!, ...unstack(states!, 1)];
  const [dDecay, dInput]: [Tensor[], Tensor[]] = [[], []];
  let carried: Tensor = mul(initial!, 0);
  for (let t = shares.length - 1; t >= 0; t--) {
    const gradient = add(carried, slopes[t]!);
    dInput.unshift(gradient);
    dDecay.unshift(mul(gradient, before[t]!));
    carried = mul(gradient, shares[t]!);
  }
  return [stack(dDecay, 1), stack(dInput, 1), carried];
}
