import type { Bert, LabelledBatch, TokenClassificationHead } from '@sequitur/bert';
import type { Context } from '@sequitur/core';
import { add, div, mul, type Scalar, slice, softmax, squeeze, sub, sum, tensor2d, tidy } from '@tensorflow/tfjs-core';

/**
 * How badly the tokens of names are told from the others: 1 - F1, with probabilities for counts, 0 to 1. Names are few, and
 * those watched with are seldom among those learnt from; there the cross-entropy is lowest for a model that names nothing,
 * so it is no judge of which model to keep. The caller disposes the scalar.
 */
export function nameError(
  model: Bert<TokenClassificationHead>,
  { labels, ...batch }: LabelledBatch<TokenClassificationHead>,
  context: Context = {},
): Scalar {
  return tidy(() => {
    const { logits } = model.apply(batch, context);
    const other = squeeze(slice(softmax(logits), [0, 0, 0], [-1, -1, 1]), [2]);
    const labelled = tensor2d(labels.map((row) => Array.from(row, (label) => Number(label >= 0))));
    const wanted = tensor2d(labels.map((row) => Array.from(row, (label) => Number(label > 0))));
    const named = mul(sub(1, other), labelled);
    const right = sum(mul(named, wanted));
    return sub<Scalar>(1, div(mul(2, right), add(add(sum(named), sum(wanted)), 1e-9)));
  });
}
