import { mul, oneHot, slice, sum, type Tensor, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { matrix } from './causal-under-test.js';
import type { Rows } from './model-under-test.js';

/**
 * The log-probability of each next label: log-probabilities [batch, length, vocabulary] and labels [batch][length] ->
 * [batch, length - 1].
 */
export function labelLogProbabilities(logProbabilities: Tensor3D, labels: Rows): Tensor {
  const [batch, length, vocabulary] = logProbabilities.shape;
  return tidy(() => {
    const next = oneHot(matrix(labels.map((row) => row.slice(1))), vocabulary);
    return sum(mul(slice(logProbabilities, [0, 0, 0], [batch, length - 1, vocabulary]), next), -1);
  });
}
