import { defineOp } from '@sequitur/core';
import { matMul, reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { SequenceAttributes } from '../sequence-attributes.js';
import { lstmCpu } from './cpu.js';
import { lstmGradientCpu } from './gradient-cpu.js';
import { lstmGradientReference } from './gradient-reference.js';
import { lstmReference } from './reference.js';
import { lstmGradientWasm, lstmWasm } from './wasm.js';

/**
 * {gates, weight, hidden, cell, real, keep} -> [outputs, last hidden state, last cell, and for the backward: the gates after
 * their functions, hidden state and cell before each step].
 */
export const lstmOp = defineOp<SequenceAttributes>({
  name: 'SequiturLstm',
  reference: lstmReference,
  gradient: {
    inputsToSave: ['weight', 'real', 'keep'],
    outputsToSave: [false, false, false, true, true, true],
    of: ([dOutputs, dLastHidden, dLastCell], saved) => {
      const [weight, real, keep, activations, hiddenBefore, cellBefore] = saved as [
        ...[Tensor, Tensor, Tensor],
        ...[Tensor, Tensor, Tensor],
      ];
      const kept = { weight, activations, cellBefore, real, keep };
      const arriving = { dOutputs: dOutputs!, dLastHidden: dLastHidden!, dLastCell: dLastCell! };
      const [dGates, dHidden, dCell] = lstmGradient({ ...kept, ...arriving }, {});
      const [hidden, wide] = weight.shape as [number, number];
      return {
        gates: () => dGates!,
        weight: () => matMul(reshape(hiddenBefore, [-1, hidden]), reshape(dGates!, [-1, wide]), true, false),
        hidden: () => dHidden!,
        cell: () => dCell!,
      };
    },
  },
  kernels: { cpu: lstmCpu, wasm: lstmWasm },
});

/** {weight, activations, cellBefore, real, keep, dOutputs, dLastHidden, dLastCell} -> [dGates, dHidden, dCell]. */
const lstmGradient = defineOp<object>({
  name: 'SequiturLstmGradient',
  reference: lstmGradientReference,
  kernels: { cpu: lstmGradientCpu, wasm: lstmGradientWasm },
});
