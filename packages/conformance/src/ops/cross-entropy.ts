import { crossEntropy } from '@sequitur/core';
import { logSoftmax, reshape, tensor1d } from '@tensorflow/tfjs-core';
import { type Operation, withGradients } from './operation.js';

/** Cross-entropy with targets; log-softmax without. */
export const crossEntropyCases: Operation = (given) => {
  const targets = given.attribute<readonly number[]>('targets');
  if (!targets) return withGradients(given, ['logits'], (logits) => logSoftmax(logits!));
  const options = {
    reduction: given.attribute<'mean' | 'sum'>('reduction') ?? 'mean',
    labelSmoothing: given.attribute<number>('label_smoothing') ?? 0,
    ignoreLabel: given.attribute<number>('ignore_index') ?? -100,
  };
  const labels = tensor1d([...targets], 'int32');
  return withGradients(given, ['logits'], (logits) => reshape(crossEntropy(logits!, labels, options), [1]));
};
