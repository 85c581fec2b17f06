import {
  add,
  cast,
  equal,
  exp,
  expandDims,
  greaterEqual,
  less,
  logicalAnd,
  logicalOr,
  logSumExp,
  mean,
  mul,
  oneHot,
  sub,
  sum,
  type Tensor,
  tidy,
  where,
} from '@tensorflow/tfjs-core';

export interface SoftmaxCrossEntropyAttributes {
  readonly ignoreLabel: number;
  readonly labelSmoothing: number;
}

/**
 * Szegedy et al. 2016, section 7: with log-probabilities l = z - log Σ exp z and smoothing s over K classes, the loss
 * of label y is -(1 - s) l[y] - s / K Σ l; 0 in rows whose label is `ignoreLabel`, NaN if it is not a class. Also
 * returns log Σ exp z of each row.
 */
export function softmaxCrossEntropyReference(
  logits: Tensor, // [rows, classes]
  labels: Tensor, // [rows]
  ignoreLabel: number,
  labelSmoothing: number,
): [losses: Tensor, normalisers: Tensor] {
  return tidy(() => {
    const normaliser = logSumExp(logits, 1); // [rows]
    const hit = sum(where(cast(oneHot(labels, logits.shape[1]!), 'bool'), logits, 0), 1);
    const fromLabel = mul(sub(normaliser, hit), 1 - labelSmoothing);
    // With infinite logits, 0 times the mean of all would be NaN.
    const losses = labelSmoothing ? add(fromLabel, mul(sub(normaliser, mean(logits, 1)), labelSmoothing)) : fromLabel;
    const known = where(isClass(labels, logits.shape[1]!), losses, Number.NaN);
    return [where(equal(labels, ignoreLabel), 0, known), normaliser];
  });
}

/** dz = dloss (softmax(z) - (1 - s) one-hot(label) - s / K); 0 in rows that are ignored or whose gradient is 0. */
export function softmaxCrossEntropyGradientReference(
  logits: Tensor,
  labels: Tensor,
  normalisers: Tensor,
  dlosses: Tensor,
  { ignoreLabel, labelSmoothing }: SoftmaxCrossEntropyAttributes,
): Tensor {
  const classes = logits.shape[1]!;
  const probabilities = exp(sub(logits, expandDims(normalisers, 1)));
  const target = add(mul(cast(oneHot(labels, classes), 'float32'), 1 - labelSmoothing), labelSmoothing / classes);
  const slopes = mul(expandDims(dlosses, 1), sub(probabilities, target));
  const known = where(expandDims(isClass(labels, classes), 1), slopes, Number.NaN);
  const isNothing = logicalOr(equal(labels, ignoreLabel), equal(dlosses, 0));
  return where(expandDims(isNothing, 1), 0, known);
}

/** bool [rows]: which labels are among the classes. */
function isClass(labels: Tensor, classes: number): Tensor {
  return logicalAnd(greaterEqual(labels, 0), less(labels, classes));
}
