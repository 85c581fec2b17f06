import type { LossContext } from '@sequitur/core';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { TextBatch } from './batch.js';
import type { Bert, LabelsOf } from './bert.js';
import type { Head } from './heads/head.js';

/** A batch of sequences with labels for a head. */
export interface LabelledBatch<H extends Head> extends TextBatch {
  readonly labels: LabelsOf<H>;
}

function lossOfHead<H extends Head>(
  model: Bert<H>,
  { labels, ...batch }: LabelledBatch<H>,
  context: LossContext = {},
): Scalar {
  return model.loss(batch, labels, context);
}

/**
 * The loss of a model's head for `train`: `train(model, batches, { loss: headLoss, ... })`. Where the head counts its
 * labels, several batches make the same step as one large batch.
 */
export const headLoss = Object.assign(lossOfHead, {
  countLabels: <H extends Head>({ labels, tokens }: LabelledBatch<H>, model: Bert<H>) =>
    model.head.countLabels?.(labels, Math.max(...tokens.map((row) => row.length))),
});
