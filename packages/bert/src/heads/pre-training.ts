import { Module } from '@sequitur/core';
import { add, type Scalar, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { BertConfig } from '../config.js';
import type { Head, HeadContext, HeadPart, HeadStyle } from './head.js';
import type { Row } from './labels.js';
import { MaskedLanguageHead, type MaskedLanguageOutputs } from './masked-language.js';
import { NextSentenceHead, type NextSentenceOutputs } from './next-sentence.js';

export type PreTrainingOutputs = MaskedLanguageOutputs & NextSentenceOutputs;

export interface PreTrainingLabels {
  /** [batch, length], -100 is ignored. */
  readonly tokens: readonly Row[];
  /** [batch]: 0 where the second sentence follows the first, 1 where it does not. */
  readonly nextSentence: readonly number[];
}

/** Pre-training head: both tasks of BERT's pre-training, whose losses are added (Devlin et al. 2019, appendix A.2). */
export class PreTrainingHead extends Module implements Head<PreTrainingOutputs, PreTrainingLabels> {
  readonly maskedLanguage: MaskedLanguageHead;
  readonly nextSentence: NextSentenceHead;

  constructor(config: BertConfig, style: HeadStyle) {
    super();
    this.maskedLanguage = new MaskedLanguageHead(config, style);
    this.nextSentence = new NextSentenceHead(config, style);
  }

  apply(hidden: Tensor3D, context: HeadContext): PreTrainingOutputs {
    return { ...this.maskedLanguage.apply(hidden, context), ...this.nextSentence.apply(hidden, context) };
  }

  loss(
    outputs: PreTrainingOutputs,
    { tokens, nextSentence }: PreTrainingLabels,
    labelCounts?: readonly number[],
  ): Scalar {
    return tidy(() => {
      const next = this.nextSentence.loss(outputs, nextSentence, labelCounts?.slice(1));
      return add(this.maskedLanguage.loss(outputs, tokens, labelCounts), next) as Scalar;
    });
  }

  countLabels({ tokens, nextSentence }: PreTrainingLabels): readonly number[] {
    return [...this.maskedLanguage.countLabels(tokens), ...this.nextSentence.countLabels(nextSentence)];
  }

  lossOf(hidden: Tensor3D, { tokens, nextSentence }: PreTrainingLabels, context: HeadContext): Scalar {
    return tidy(() => {
      const outputs = this.nextSentence.apply(hidden, context);
      const next = this.nextSentence.loss(outputs, nextSentence, context.labelCounts?.slice(1));
      return add(this.maskedLanguage.lossOf(hidden, tokens, context), next) as Scalar;
    });
  }
}

export function preTraining(): HeadPart<PreTrainingHead> {
  return { kind: 'preTraining', build: (config, style) => new PreTrainingHead(config, style) };
}
