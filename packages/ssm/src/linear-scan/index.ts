import { defineOp, expectTensor, type OpInputs, SequiturError, showShape } from '@sequitur/core';
import { add, mul, stack, type Tensor, type Tensor2D, type Tensor3D, tidy, unstack } from '@tensorflow/tfjs-core';
import { linearScanCpu, linearScanGradientCpu } from './cpu.js';
import { linearScanGradientWasm, linearScanWasm } from './wasm.js';
import { linearScanGradientWebGpu, linearScanWebGpu } from './webgpu.js';

/** {decay, input, initial} -> [states]. */
const linearScanOp = defineOp<object>({
  name: 'SequiturLinearScan',
  reference: ({ decay, input, initial }) => [linearScanReference(decay!, input!, initial!)],
  gradient: {
    inputsToSave: ['decay', 'initial'],
    outputsToSave: [true],
    of: ([dStates], [decay, initial, states]) => {
      const given = { decay: decay!, initial: initial!, states: states!, dStates: dStates! };
      const [dDecay, dInput, dInitial] = linearScanGradient(given, {});
      return { decay: () => dDecay!, input: () => dInput!, initial: () => dInitial! };
    },
  },
  kernels: { cpu: linearScanCpu, wasm: linearScanWasm, webgpu: linearScanWebGpu },
});

/** {decay, initial, states, dStates} -> [dDecay, dInput, dInitial]. */
const linearScanGradient = defineOp<object>({
  name: 'SequiturLinearScanGradient',
  reference: gradientReference,
  kernels: { cpu: linearScanGradientCpu, wasm: linearScanGradientWasm, webgpu: linearScanGradientWebGpu },
});

/**
 * A linear recurrence in each channel by itself: h ← decay ⊙ h + input (Martin and Cundy 2018, equation 5).
 *
 * @param decay float32 [batch, length, channels]
 * @param input float32 [batch, length, channels]
 * @param initial float32 [batch, channels]: h before the first step
 * @returns h after every step, [batch, length, channels], which the caller disposes
 * @throws SequiturError when a shape or dtype does not fit
 */
export function linearScan(decay: Tensor3D, input: Tensor3D, initial: Tensor2D): Tensor3D {
  if (decay.rank !== 3) {
    const expected = 'shape [batch, length, channels]';
    throw new SequiturError({ where: 'linearScan, decay', expected, got: showShape(decay.shape) });
  }
  const [batch, , channels] = decay.shape;
  expectTensor('linearScan, decay', decay);
  expectTensor('linearScan, input', input, { shape: decay.shape });
  expectTensor('linearScan, initial', initial, { shape: [batch, channels] });
  return linearScanOp({ decay, input, initial }, {})[0] as Tensor3D;
}

/** One step after the other. */
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

/** With g the gradient of a state, from the last to the first: dInput = g, dDecay = h₋₁ g, and decay g for the state before. */
function gradientReference({ decay, initial, states, dStates }: OpInputs): Tensor[] {
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
