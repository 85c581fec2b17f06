import type { Context } from '@sequitur/core';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { EncoderDecoder, TranslationBatch, TranslationLossOptions } from './encoder-decoder.js';

/** Sources, and the targets that are to be written after them: -100 where nothing is foretold. */
export interface LabelledTranslationBatch extends Omit<TranslationBatch, 'target'> {
  readonly labels: readonly ArrayLike<number>[];
}

/**
 * The mean cross-entropy of every target token, as `train` takes it:
 * `train(model, batches, { loss: translationLoss({ labelSmoothing: 0.1 }), ... })`.
 */
export function translationLoss({ labelSmoothing = 0 }: Pick<TranslationLossOptions, 'labelSmoothing'> = {}) {
  return (model: EncoderDecoder, batch: LabelledTranslationBatch, context: Context = {}): Scalar =>
    model.loss(batch, { ...context, labelSmoothing });
}
