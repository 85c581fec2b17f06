import {
  binaryCrossEntropy,
  checkIntegerValues,
  crossEntropy,
  meanSquaredError,
  SequiturError,
  showShape,
} from '@sequitur/core';
import { type ClassificationProblem, type LabelConfig, labelsOf } from '@sequitur/pretrained';
import { mul, type Scalar, sigmoid, softmax, type Tensor, type Tensor2D, tensor, tidy } from '@tensorflow/tfjs-core';

/** Classes, rows of 0 and 1, or values, by the problem. */
export type ClassificationLabels = readonly number[] | readonly (readonly number[])[];

/**
 * The problem of a classifier: as in its config, else by its labels. A single label means regression; rows of several values
 * mean several labels for each sequence.
 */
export function problemOf(config: LabelConfig, given: ClassificationLabels = []): ClassificationProblem {
  if (config.problem !== undefined) return config.problem;
  if (given.some((row) => typeof row !== 'number' && row.length > 1)) return 'multiLabel';
  return labelsOf(config).length === 1 ? 'regression' : 'singleLabel';
}

export interface ClassificationLossOptions {
  readonly problem: ClassificationProblem;
  /** What the mean divides by; default these labels. */
  readonly labelCount?: number | undefined;
  /** For messages. */
  readonly where: string;
}

/** The loss of scores [sequences, classes]: cross-entropy, binary cross-entropy or squared error, by the problem. */
export function classificationLoss(
  scores: Tensor2D,
  labels: ClassificationLabels,
  { problem, labelCount, where }: ClassificationLossOptions,
): Scalar {
  return tidy(() => {
    const wanted = labelTensor(scores.shape, labels, problem, where);
    if (problem === 'singleLabel') return crossEntropy(scores, wanted, { labelCount });
    const mean = problem === 'regression' ? meanSquaredError(scores, wanted) : binaryCrossEntropy(scores, wanted);
    return labelCount ? mul(mean, scores.size / labelCount) : mean;
  });
}

function labelTensor(
  [texts, classes]: readonly [number, number],
  labels: ClassificationLabels,
  problem: ClassificationProblem,
  where: string,
): Tensor {
  const values = labels.flatMap((row) => (typeof row === 'number' ? [row] : Array.from(row)));
  const shape = problem === 'singleLabel' ? [texts] : [texts, classes];
  if (values.length !== shape.reduce((count, size) => count * size, 1)) {
    const expected = `labels of shape ${showShape(shape)} for ${texts} texts`;
    throw new SequiturError({ where, expected, got: `${values.length} labels` });
  }
  if (problem === 'singleLabel') checkIntegerValues('labels', values, { below: classes, ignored: -100 });
  return tensor(values, shape, problem === 'singleLabel' ? 'int32' : 'float32');
}

/** Probabilities of scores, or in a regression the scores. */
export function classificationShares(scores: Tensor2D, problem: ClassificationProblem): Tensor2D {
  if (problem === 'singleLabel') return softmax(scores);
  return problem === 'regression' ? scores : sigmoid(scores);
}
