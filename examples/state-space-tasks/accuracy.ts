import { type CausalModel, disposeState, replaceState, tokenTensor } from '@sequitur/core';
import type { TokenBatch } from '@sequitur/train';
import { argMax, concat, dispose, slice, type Tensor } from '@tensorflow/tfjs-core';
import { NOT_ASKED } from './task.js';

/** Chunk length for longer sequences. */
const PIECE = 2048;

/** Accuracy: the fraction of labelled positions whose most likely token is right. */
export async function accuracy(model: CausalModel, batches: readonly TokenBatch[]): Promise<number> {
  let [right, asked] = [0, 0];
  for (const { inputs, labels } of batches) {
    const length = inputs[0]!.length;
    const first = firstAsked(labels);
    const found = await mostLikely(model, inputs, first);
    for (const [row, wanted] of labels.entries()) {
      for (let place = first; place < length; place++) {
        if (wanted[place] === NOT_ASKED) continue;
        asked++;
        if (wanted[place] === found[row * (length - first) + place - first]) right++;
      }
    }
  }
  return right / asked;
}

function firstAsked(labels: readonly ArrayLike<number>[]): number {
  return Math.min(...labels.map((row) => Array.from(row).findIndex((label) => label !== NOT_ASKED)));
}

/** The most likely next token at every position from `from` on, row by row. */
async function mostLikely(
  model: CausalModel,
  rows: readonly ArrayLike<number>[],
  from: number,
): Promise<ArrayLike<number>> {
  const length = rows[0]!.length;
  let state = model.initState(rows.length);
  const found: Tensor[] = [];
  for (let start = 0; start < length; start += PIECE) {
    const end = Math.min(length, start + PIECE);
    const tokens = tokenTensor(
      rows.map((row) => Array.prototype.slice.call(row, start, end)),
      model.vocabularySize,
    );
    const { logits, state: next } = model.step(tokens, state);
    state = replaceState(state, next);
    if (end > from) {
      const skipped = Math.max(0, from - start);
      const asked = slice(logits, [0, skipped, 0], [rows.length, end - start - skipped, model.vocabularySize]);
      found.push(argMax(asked, 2));
      asked.dispose();
    }
    dispose([tokens, logits]);
  }
  disposeState(state);
  const all = concat(found, 1);
  const values = await all.data();
  dispose([...found, all]);
  return values;
}
