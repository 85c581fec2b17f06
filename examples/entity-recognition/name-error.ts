import type { Bert, LabelledBatch, TokenClassificationHead } from '@sequitur/bert';
import type { Context } from '@sequitur/core';
import {
  add,
  div,
  mul,
  type Scalar,
  slice,
  softmax,
  sub,
  sum,
  type Tensor3D,
  tensor3d,
  tidy,
} from '@tensorflow/tfjs-core';

/**
 * 1 - F1 of the words of names by entity type, with probabilities instead of counts, from 0 to 1. It selects the best
 * model instead of the cross-entropy: names are few, and most validation names are not in the training set, so the
 * cross-entropy is lowest for a model that finds no names. The caller disposes the scalar.
 */
export function nameError(
  model: Bert<TokenClassificationHead>,
  { labels, ...batch }: LabelledBatch<TokenClassificationHead>,
  context: Context = {},
): Scalar {
  return tidy(() => {
    const { logits } = model.apply(batch, context);
    const kinds = logits.shape[2]! - 1;
    const named = slice(softmax(logits), [0, 0, 1], [-1, -1, -1]) as Tensor3D;
    const each = (of: (label: number, kind: number) => boolean) =>
      tensor3d(
        labels.map((row) =>
          Array.from(row, (label) => Array.from({ length: kinds }, (_, kind) => Number(of(Number(label), kind)))),
        ),
      );
    const labelled = each((label) => label >= 0);
    const wanted = each((label, kind) => label === kind + 1);
    const right = sum(mul(named, wanted));
    return sub<Scalar>(1, div(mul(2, right), add(add(sum(mul(named, labelled)), sum(wanted)), 1e-9)));
  });
}
