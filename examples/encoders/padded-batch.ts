import type { TextBatch } from '@sequitur/bert';

/** The encoding of a text or a pair of texts. */
export interface EncodedText {
  readonly ids: readonly number[];
  /** Token types; absent: all 0. */
  readonly tokenTypes?: readonly number[] | undefined;
}

/** Pads texts to the longest. */
export function paddedBatch(texts: readonly EncodedText[], padding: number): TextBatch {
  const length = Math.max(...texts.map(({ ids }) => ids.length));
  return {
    tokens: texts.map(({ ids }) => filled(ids, length, padding)),
    attentionMask: texts.map(({ ids }) => filled(new Array<number>(ids.length).fill(1), length, 0)),
    tokenTypes: texts.map(({ tokenTypes = [] }) => filled(tokenTypes, length, 0)),
  };
}

/** Pads a row to `length` with `value`. */
export function filled(row: readonly number[], length: number, value: number): number[] {
  return [...row, ...new Array<number>(length - row.length).fill(value)];
}
