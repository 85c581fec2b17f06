import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { SequiturError, showShape } from '../../errors.js';
import { expectNumber, expectTensor } from '../expect-tensor.js';
import { softmaxCrossEntropyOp } from './op.js';

export interface SoftmaxCrossEntropyOptions {
  /** Rows with this label have loss 0 and no gradient. Default -100, as in PyTorch. */
  readonly ignoreLabel?: number;
  /** The share of the target spread evenly over all classes, in [0, 1]. Default 0. */
  readonly labelSmoothing?: number;
}

/**
 * How badly each row of logits foretells its label, in nats: -log softmax(logits)[label].
 *
 * @param logits float32 [rows, classes]
 * @param labels int32 [rows], each in [0, classes) or `ignoreLabel`
 * @returns float32 [rows], which the caller disposes
 * @throws SequiturError when a shape, a dtype or (where the labels can be seen from the host) a label does not fit
 */
export function softmaxCrossEntropy(
  logits: Tensor2D,
  labels: Tensor1D,
  { ignoreLabel = -100, labelSmoothing = 0 }: SoftmaxCrossEntropyOptions = {},
): Tensor1D {
  expectTensor('softmaxCrossEntropy, logits', logits);
  if (logits.rank !== 2) {
    throw new SequiturError({
      where: 'softmaxCrossEntropy, logits',
      expected: 'shape [rows, classes]',
      got: showShape(logits.shape),
    });
  }
  expectTensor('softmaxCrossEntropy, labels', labels, { dtype: 'int32', shape: [logits.shape[0]] });
  expectNumber('softmaxCrossEntropy, ignoreLabel', ignoreLabel, 'an integer', Number.isInteger);
  expectNumber('softmaxCrossEntropy, labelSmoothing', labelSmoothing, 'a number from 0 to 1', (s) => s >= 0 && s <= 1);
  const [losses, normalisers] = softmaxCrossEntropyOp({ logits, labels }, { ignoreLabel, labelSmoothing });
  normalisers!.dispose();
  return losses as Tensor1D;
}
