import { defineOp, expectTensor, SequiturError, scoped, showShape } from '@sequitur/core';
import { matMul, reshape, type Tensor, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Masks } from '../masks.js';
import { type SequenceAttributes, sequenceAttributes } from '../sequence-attributes.js';
import { lstmCpu } from './cpu.js';
import { lstmGradient } from './gradient.js';
import { lstmReference } from './reference.js';
import { lstmWasm } from './wasm.js';

/**
 * {gates, weight, hidden, cell, real, keep} -> [outputs, last hidden state, last cell, and for the backward pass: the
 * gates after their activations, hidden state and cell before each step].
 */
const lstmOp = defineOp<SequenceAttributes>({
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

export interface LstmSequence extends Masks {
  /** float32 [batch, length, 4 hidden]: the input part of the gates i, f, g, o, biases included. */
  readonly gates: Tensor3D;
  /** float32 [hidden, 4 hidden]: the recurrent weight. */
  readonly weight: Tensor2D;
  /** float32 [batch, hidden]: the hidden state before the first position. */
  readonly hidden: Tensor2D;
  /** float32 [batch, hidden]: the cell state before the first position. */
  readonly cell: Tensor2D;
}

/**
 * An LSTM over a whole sequence (Hochreiter and Schmidhuber 1997; Gers, Schmidhuber and Cummins 2000):
 *
 *     i, f, o = σ(x + U h)      g = tanh(x + U h)      c ← f c + i g      h ← o tanh(c)
 *
 * @returns the hidden states [batch, length, hidden], and hidden state and cell after the last position [batch,
 *   hidden], all of which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function lstmSequence(sequence: LstmSequence): { outputs: Tensor3D; hidden: Tensor2D; cell: Tensor2D } {
  const { gates, weight, hidden, cell, real, keep } = sequence;
  if (gates.rank !== 3) {
    const expected = 'shape [batch, length, 4 hidden]';
    throw new SequiturError({ where: 'lstmSequence, gates', expected, got: showShape(gates.shape) });
  }
  const [batch, length, wide] = gates.shape;
  expectTensor('lstmSequence, gates', gates);
  expectTensor('lstmSequence, weight', weight, { shape: [wide / 4, wide] });
  expectTensor('lstmSequence, hidden', hidden, { shape: [batch, wide / 4] });
  expectTensor('lstmSequence, cell', cell, { shape: [batch, wide / 4] });
  expectTensor('lstmSequence, real', real, { shape: [batch, length] });
  expectTensor('lstmSequence, keep', keep, { shape: [batch, length] });
  return scoped(() => {
    const inputs = { gates, weight, hidden, cell, real, keep };
    const [outputs, lastHidden, lastCell] = lstmOp(inputs, sequenceAttributes());
    return { outputs: outputs as Tensor3D, hidden: lastHidden as Tensor2D, cell: lastCell as Tensor2D };
  });
}
