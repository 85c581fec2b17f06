import { defineOp } from '@sequitur/core';
import { matMul, reshape, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { SequenceAttributes } from '../sequence-attributes.js';
import { gruCpu } from './cpu.js';
import { gruGradientCpu } from './gradient-cpu.js';
import { gruGradientReference } from './gradient-reference.js';
import { gruReference } from './reference.js';
import { gruGradientWasm, gruWasm } from './wasm.js';

/**
 * {gates, weight, bias, hidden, real, keep} -> [outputs, last hidden state, and for the backward: r, z, n and what the state
 * gives to n, and the hidden state before each step].
 */
export const gruOp = defineOp<SequenceAttributes>({
  name: 'SequiturGru',
  reference: gruReference,
  gradient: {
    inputsToSave: ['weight', 'real', 'keep'],
    outputsToSave: [false, false, true, true],
    of: ([dOutputs, dLast], saved) => {
      const [weight, real, keep, activations, before] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
      const kept = { weight, activations, before, real, keep };
      const [dInput, dRecurrent, dHidden] = gruGradient({ ...kept, dOutputs: dOutputs!, dLast: dLast! }, {});
      const [hidden, wide] = weight.shape as [number, number];
      const rows = reshape(dRecurrent!, [-1, wide]);
      return {
        gates: () => dInput!,
        weight: () => matMul(reshape(before, [-1, hidden]), rows, true, false),
        bias: () => sum(rows, 0),
        hidden: () => dHidden!,
      };
    },
  },
  kernels: { cpu: gruCpu, wasm: gruWasm },
});

/** {weight, activations, before, real, keep, dOutputs, dLast} -> [dInput, dRecurrent, dHidden]. */
const gruGradient = defineOp<object>({
  name: 'SequiturGruGradient',
  reference: gruGradientReference,
  kernels: { cpu: gruGradientCpu, wasm: gruGradientWasm },
});
