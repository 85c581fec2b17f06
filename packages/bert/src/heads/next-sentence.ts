import { countLabels, crossEntropy, Linear, Module, normal } from '@sequitur/core';
import { type Scalar, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { BertConfig } from '../config.js';
import type { Head, HeadContext, HeadPart, HeadStyle } from './head.js';
import { classTensor } from './labels.js';
import { Pooler } from './pooler.js';

export type NextSentenceOutputs = { readonly nextSentence: Tensor2D };

/**
 * Next sentence head: whether the second sentence followed the first (0) or is a random one (1) (Devlin et al. 2019,
 * task 2).
 */
export class NextSentenceHead extends Module implements Head<NextSentenceOutputs, readonly number[]> {
  readonly pooler: Pooler;
  readonly output: Linear; // [width, 2]

  constructor(config: BertConfig, style: HeadStyle) {
    super();
    this.pooler = new Pooler(config, style);
    this.output = new Linear(config.width, 2, { initializer: normal(config.initializerRange ?? 0.02) });
  }

  /** -> logits [batch, 2]. */
  apply(hidden: Tensor3D, context: HeadContext): NextSentenceOutputs {
    return { nextSentence: tidy(() => this.output.apply(this.pooler.apply(hidden, context))) };
  }

  loss({ nextSentence }: NextSentenceOutputs, labels: readonly number[], [labelCount]: readonly number[] = []): Scalar {
    const shape = [nextSentence.shape[0]];
    return tidy(() => {
      const wanted = classTensor('next sentence labels', labels, { shape, classes: 2 });
      return crossEntropy(nextSentence, wanted, { labelCount });
    });
  }

  countLabels(labels: readonly number[]): readonly number[] {
    return [countLabels(labels)];
  }
}

export function nextSentence(): HeadPart<NextSentenceHead> {
  return { kind: 'nextSentence', build: (config, style) => new NextSentenceHead(config, style) };
}
