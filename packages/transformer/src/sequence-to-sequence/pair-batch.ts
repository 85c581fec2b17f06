import type { LabelledTranslationBatch } from './translation-loss.js';

/** Token ids of a text and of what is to be written after it, with whatever ends a text in the model's vocabulary. */
export interface EncodedPair {
  readonly source: readonly number[];
  readonly target: readonly number[];
}

/** The pairs as one batch: sources padded on the right, which attention passes over, and labels, where -100 is padding. */
export function pairBatch(pairs: readonly EncodedPair[], paddingToken: number): LabelledTranslationBatch {
  const [sourceLength, targetLength] = [longest(pairs, 'source'), longest(pairs, 'target')];
  return {
    source: pairs.map(({ source }) => padded(source, sourceLength, paddingToken)),
    attentionMask: pairs.map(({ source }) =>
      padded(
        source.map(() => 1),
        sourceLength,
        0,
      ),
    ),
    labels: pairs.map(({ target }) => padded(target, targetLength, -100)),
  };
}

function longest(pairs: readonly EncodedPair[], side: 'source' | 'target'): number {
  return Math.max(...pairs.map((pair) => pair[side].length));
}

function padded(ids: readonly number[], length: number, filling: number): Int32Array {
  const row = new Int32Array(length).fill(filling);
  row.set(ids);
  return row;
}
