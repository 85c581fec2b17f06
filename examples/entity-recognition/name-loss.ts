import type { Bert, LabelledBatch, TokenClassificationHead } from '@sequitur/bert';
import type { LossFunction } from '@sequitur/train';
import { add, mul, type Scalar, tidy } from '@tensorflow/tfjs-core';

/**
 * The cross-entropy of all words plus `weight` times that of the words of names: only one word in twenty is one, and a
 * model that finds no names is right about the others.
 */
export function nameLoss(
  weight: number,
): LossFunction<Bert<TokenClassificationHead>, LabelledBatch<TokenClassificationHead>> {
  return (model, batch, context) =>
    tidy(() => {
      const { labels, ...texts } = batch;
      const outputs = model.apply(texts, context);
      const names = labels.map((row) => Array.from(row, (label) => (Number(label) > 0 ? Number(label) : -100)));
      const all = model.head!.loss(outputs, labels);
      const some = names.some((row) => row.some((label) => label > 0));
      return some ? add<Scalar>(all, mul(weight, model.head!.loss(outputs, names))) : all;
    });
}
