import { countLabels, crossEntropy, dropout, Linear, Module, normal, SequiturError } from '@sequitur/core';
import { reshape, type Scalar, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { BertConfig } from '../config.js';
import type { Head, HeadContext, HeadPart, HeadStyle } from './head.js';
import { classTensor } from './labels.js';
import { Pooler } from './pooler.js';
import type { ClassificationOutputs } from './sequence-classification.js';

/**
 * Multiple choice head: one of several continuations, each of them a row of the batch (Devlin et al. 2019, section
 * 4.4).
 */
export class MultipleChoiceHead extends Module implements Head<ClassificationOutputs, readonly number[]> {
  readonly pooler: Pooler;
  readonly output: Linear; // [width, 1]
  readonly #dropout: number;

  constructor(config: BertConfig, style: HeadStyle) {
    super();
    this.pooler = new Pooler(config, style);
    this.output = new Linear(config.width, 1, { initializer: normal(config.initializerRange ?? 0.02) });
    this.#dropout = style.dropout;
  }

  /** hidden [questions * choices, length, width] -> logits [questions, choices]. */
  apply(hidden: Tensor3D, context: HeadContext): ClassificationOutputs {
    const { choices = 1, random } = context;
    const rows = hidden.shape[0];
    if (rows % choices !== 0) {
      throw new SequiturError({
        where: 'MultipleChoiceHead',
        expected: `a row for each of ${choices} choices of every question`,
        got: `${rows} rows`,
      });
    }
    const pooled = () => dropout(this.pooler.apply(hidden, context), this.#dropout, random);
    return { logits: tidy(() => reshape(this.output.apply(pooled()), [rows / choices, choices]) as Tensor2D) };
  }

  loss({ logits }: ClassificationOutputs, labels: readonly number[], [labelCount]: readonly number[] = []): Scalar {
    const [questions, choices] = logits.shape;
    const options = { shape: [questions], classes: choices };
    return tidy(() => crossEntropy(logits, classTensor('choices', labels, options), { labelCount }));
  }

  countLabels(labels: readonly number[]): readonly number[] {
    return [countLabels(labels)];
  }
}

export function multipleChoice(): HeadPart<MultipleChoiceHead> {
  return { kind: 'multipleChoice', build: (config, style) => new MultipleChoiceHead(config, style) };
}
