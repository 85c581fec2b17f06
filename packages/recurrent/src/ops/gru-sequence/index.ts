import { defineOp, expectTensor, SequiturError, scoped, showShape } from '@sequitur/core';
import { matMul, reshape, sum, type Tensor, type Tensor1D, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Masks } from '../masks.js';
import { type SequenceAttributes, sequenceAttributes } from '../sequence-attributes.js';
import { gruCpu } from './cpu.js';
import { gruGradient } from './gradient.js';
import { gruReference } from './reference.js';
import { gruWasm } from './wasm.js';

/**
 * {gates, weight, bias, hidden, real, keep} -> [outputs, last hidden state, and for the backward pass: r, z, n and the
 * recurrent part of n, and the hidden state before each step].
 */
const gruOp = defineOp<SequenceAttributes>({
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

export interface GruSequence extends Masks {
  /** float32 [batch, length, 3 hidden]: the input part of r, z and n, biases included. */
  readonly gates: Tensor3D;
  /** float32 [hidden, 3 hidden]: the recurrent weight. */
  readonly weight: Tensor2D;
  /** float32 [3 hidden]: the recurrent bias. */
  readonly bias: Tensor1D;
  /** float32 [batch, hidden]: the hidden state before the first position. */
  readonly hidden: Tensor2D;
}

/**
 * A GRU over a whole sequence (Cho et al. 2014), with the reset gate after the product:
 *
 *     r, z = σ(x + U h + b)      n = tanh(x + r (U h + b))      h ← (1 - z) n + z h
 *
 * @returns the hidden states [batch, length, hidden], and the last one [batch, hidden], which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function gruSequence(sequence: GruSequence): { outputs: Tensor3D; hidden: Tensor2D } {
  const { gates, weight, bias, hidden, real, keep } = sequence;
  if (gates.rank !== 3) {
    const expected = 'shape [batch, length, 3 hidden]';
    throw new SequiturError({ where: 'gruSequence, gates', expected, got: showShape(gates.shape) });
  }
  const [batch, length, wide] = gates.shape;
  expectTensor('gruSequence, gates', gates);
  expectTensor('gruSequence, weight', weight, { shape: [wide / 3, wide] });
  expectTensor('gruSequence, bias', bias, { shape: [wide] });
  expectTensor('gruSequence, hidden', hidden, { shape: [batch, wide / 3] });
  expectTensor('gruSequence, real', real, { shape: [batch, length] });
  expectTensor('gruSequence, keep', keep, { shape: [batch, length] });
  return scoped(() => {
    const [outputs, last] = gruOp({ gates, weight, bias, hidden, real, keep }, sequenceAttributes());
    return { outputs: outputs as Tensor3D, hidden: last as Tensor2D };
  });
}
