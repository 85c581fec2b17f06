import {
  binaryCrossEntropy,
  countLabels,
  crossEntropy,
  dropout,
  Linear,
  Module,
  meanSquaredError,
  normal,
} from '@sequitur/core';
import { type ClassificationProblem, labelsOf } from '@sequitur/pretrained';
import { mul, type Scalar, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { BertConfig } from '../config.js';
import type { Head, HeadContext, HeadPart, HeadStyle } from './head.js';
import { classTensor, type Row, targetTensor } from './labels.js';
import { Pooler } from './pooler.js';

export type ClassificationOutputs<T extends Tensor2D | Tensor3D = Tensor2D> = { readonly logits: T };

/** One class per sequence, or a value for each class. */
export type ClassificationLabels = readonly number[] | readonly Row[];

/** Sequence classification head: single-label, multi-label or regression. */
export class SequenceClassificationHead extends Module implements Head<ClassificationOutputs, ClassificationLabels> {
  readonly pooler: Pooler;
  readonly output: Linear; // [width, classes]
  readonly #dropout: number;
  readonly #problem: ClassificationProblem | undefined;

  constructor(config: BertConfig, style: HeadStyle) {
    super();
    this.pooler = new Pooler(config, style);
    const classes = labelsOf(config).length;
    this.output = new Linear(config.width, classes, { initializer: normal(config.initializerRange ?? 0.02) });
    this.#dropout = style.dropout;
    this.#problem = config.problem;
  }

  /** -> logits [batch, classes]. */
  apply(hidden: Tensor3D, context: HeadContext): ClassificationOutputs {
    const pooled = () => dropout(this.pooler.apply(hidden, context), this.#dropout, context.random);
    return { logits: tidy(() => this.output.apply(pooled())) };
  }

  /**
   * Cross-entropy for one class per sequence, binary cross-entropy for multi-label, mean squared error for regression.
   */
  loss({ logits }: ClassificationOutputs, labels: ClassificationLabels, [labelCount]: readonly number[] = []): Scalar {
    return tidy(() => {
      const [batch, classes] = logits.shape;
      const problem = this.#problem ?? problemOf(labels, classes);
      if (problem === 'singleLabel') {
        const wanted = classTensor('classification labels', labels, { shape: [batch], classes });
        return crossEntropy(logits, wanted, { labelCount });
      }
      const isRegression = problem === 'regression';
      const name = isRegression ? 'regression labels' : 'multi-label labels';
      const wanted = targetTensor(name, labels, logits.shape);
      const mean = isRegression ? meanSquaredError(logits, wanted) : binaryCrossEntropy(logits, wanted);
      return labelCount ? mul(mean, logits.size / labelCount) : mean;
    });
  }

  countLabels(labels: ClassificationLabels): readonly number[] {
    const isOneOfSeveral = (this.#problem ?? problemOf(labels, this.output.weight.shape[1]!)) === 'singleLabel';
    return [countLabels(labels, isOneOfSeveral ? -100 : Number.NaN)];
  }
}

function problemOf(labels: ClassificationLabels, classes: number): ClassificationProblem {
  if (classes === 1) return 'regression';
  return typeof labels[0] === 'number' ? 'singleLabel' : 'multiLabel';
}

export function sequenceClassification(
  settings: Pick<BertConfig, 'labels' | 'problem'> = {},
): HeadPart<SequenceClassificationHead> {
  return {
    kind: 'sequenceClassification',
    settings,
    build: (config, style) => new SequenceClassificationHead(config, style),
  };
}
