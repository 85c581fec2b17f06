import { add, cast, logSumExp, mean, mul, notEqual, oneHot, sub, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';

/**
 * Szegedy et al. 2016, section 7: with log-probabilities l = z - log Σ exp z and smoothing s over K classes, the loss
 * of label y is -(1 - s) l[y] - s / K Σ l; 0 in rows whose label is `ignoreLabel`. Beside it log Σ exp z of each row.
 */
export function softmaxCrossEntropyReference(
  logits: Tensor, // [rows, classes]
  labels: Tensor, // [rows]
  ignoreLabel: number,
  labelSmoothing: number,
): [losses: Tensor, normalisers: Tensor] {
  return tidy(() => {
    const counted = cast(notEqual(labels, ignoreLabel), 'float32'); // [rows]
    const target = cast(oneHot(labels, logits.shape[1]!), 'float32'); // [rows, classes]; ignored rows are cleared below
    const normaliser = logSumExp(logits, 1); // [rows]
    const fromLabel = sub(normaliser, sum(mul(logits, target), 1));
    const fromAll = sub(normaliser, mean(logits, 1));
    const losses = mul(counted, add(mul(fromLabel, 1 - labelSmoothing), mul(fromAll, labelSmoothing)));
    return [losses, normaliser];
  });
}
