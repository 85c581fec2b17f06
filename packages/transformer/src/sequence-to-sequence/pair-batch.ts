import type { LabelledTranslationBatch } from './translation-loss.js';

/** Token ids of a source and a target, with their end tokens. */
export interface EncodedPair {
  readonly source: readonly number[];
  readonly target: readonly number[];
}

/** Collates pairs into a batch: sources and labels are padded on the right, with -100 in labels. */
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
