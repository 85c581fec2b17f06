import { expectTensor, SequiturError, scoped, showShape } from '@sequitur/core';
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Masks } from '../masks.js';
import { sequenceAttributes } from '../sequence-attributes.js';
import { gruOp } from './op.js';

export interface GruSequence extends Masks {
  /** float32 [batch, length, 3 hidden]: what the input gives to r, z and n, biases included. */
  readonly gates: Tensor3D;
  /** float32 [hidden, 3 hidden]: what the hidden state gives to them. */
  readonly weight: Tensor2D;
  /** float32 [3 hidden], added to what the hidden state gives. */
  readonly bias: Tensor1D;
  /** float32 [batch, hidden]: the hidden state before the first position. */
  readonly hidden: Tensor2D;
}

/**
 * A gated recurrent unit over a whole sequence (Cho et al. 2014), its reset gate after the product:
 *
 *     r, z = σ(x + U h + b)      n = tanh(x + r (U h + b))      h ← (1 - z) n + z h
 *
 * @returns the hidden states [batch, length, hidden], and the last one [batch, hidden], which the caller disposes
 * @throws SequiturError when a shape or dtype does not fit
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
