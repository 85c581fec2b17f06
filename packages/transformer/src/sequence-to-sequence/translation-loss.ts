import { checkOptions, countLabels, type LossContext, option, optionsOf } from '@sequitur/core';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { EncoderDecoder, TranslationBatch, TranslationLossOptions } from './encoder-decoder.js';

/** Sources, and the labels of the targets: -100 is ignored. */
export interface LabelledTranslationBatch extends Omit<TranslationBatch, 'target'> {
  readonly labels: readonly ArrayLike<number>[];
}

type LossOptions = Pick<TranslationLossOptions, 'labelSmoothing'>;

const lossOptions = optionsOf<LossOptions>({ labelSmoothing: option.optional(option.share) });

/** The translation loss for `train`, the mean cross-entropy of target tokens: */
export function translationLoss(options: LossOptions = {}) {
  const { labelSmoothing = 0 } = checkOptions('translationLoss', lossOptions, options);
  const loss = (model: EncoderDecoder, batch: LabelledTranslationBatch, context: LossContext = {}): Scalar =>
    model.loss(batch, { ...context, labelSmoothing });
  return Object.assign(loss, {
    countLabels: ({ labels }: LabelledTranslationBatch) => [countLabels(labels)],
    settings: { name: 'translationLoss', labelSmoothing },
  });
}
