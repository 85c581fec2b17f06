import type { Context } from '@sequitur/core';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { TextBatch } from './batch.js';
import type { Bert, LabelsOf } from './bert.js';
import type { Head } from './heads/head.js';

/** Texts with what the head is to find in them. */
export interface LabelledBatch<H extends Head> extends TextBatch {
  readonly labels: LabelsOf<H>;
}

/** The loss of a model's head, as `train` takes it: `train(model, batches, { loss: headLoss, ... })`. */
export function headLoss<H extends Head>(
  model: Bert<H>,
  { labels, ...batch }: LabelledBatch<H>,
  context: Context = {},
): Scalar {
  return model.loss(batch, labels, context);
}
