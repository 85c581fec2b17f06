import type { TextBatch } from '@sequitur/bert';

/** A text, or two that belong together, as an encoder reads them. */
export interface EncodedText {
  readonly ids: readonly number[];
  /** Absent: all of the first segment. */
  readonly tokenTypes?: readonly number[] | undefined;
}

/** Texts filled up to the longest. */
export function paddedBatch(texts: readonly EncodedText[], padding: number): TextBatch {
  const length = Math.max(...texts.map(({ ids }) => ids.length));
  return {
    tokens: texts.map(({ ids }) => filled(ids, length, padding)),
    attentionMask: texts.map(({ ids }) => filled(new Array<number>(ids.length).fill(1), length, 0)),
    tokenTypes: texts.map(({ tokenTypes = [] }) => filled(tokenTypes, length, 0)),
  };
}

/** A row of `length`, with `value` where it has ended. */
export function filled(row: readonly number[], length: number, value: number): number[] {
  return [...row, ...new Array<number>(length - row.length).fill(value)];
}
