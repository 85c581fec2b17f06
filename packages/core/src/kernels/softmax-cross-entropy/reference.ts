import {
  add,
  cast,
  logSumExp,
  mean,
  mul,
  notEqual,
  oneHot,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';

/**
 * Szegedy et al. 2016, section 7: with log-probabilities l = z - log Σ exp z and smoothing s over K classes, the loss
 * of label y is -(1 - s) l[y] - s / K Σ l; 0 in rows whose label is `ignoreLabel`.
 */
export function softmaxCrossEntropyReference(
  logits: Tensor2D, // [rows, classes]
  labels: Tensor1D, // [rows]
  ignoreLabel: number,
  labelSmoothing: number,
): Tensor1D {
  return tidy(() => {
    const counted = cast(notEqual(labels, ignoreLabel), 'float32'); // [rows]
    const target = oneHot(labels, logits.shape[1]); // [rows, classes]; ignored rows are cleared below
    const normaliser = logSumExp(logits, 1); // [rows]
    const fromLabel = sub(normaliser, sum(mul(logits, target), 1));
    const fromAll = sub(normaliser, mean(logits, 1));
    return mul(counted, add(mul(fromLabel, 1 - labelSmoothing), mul(fromAll, labelSmoothing)));
  });
}
