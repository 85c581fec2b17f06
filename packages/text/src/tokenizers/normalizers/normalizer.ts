import type { AlignedText } from '../aligned-text.js';

/** A normalizer: changes a text before pre-tokenization and keeps its alignment. */
export type Normalizer = (text: AlignedText) => AlignedText;

export function normalizeInTurn(normalizers: readonly Normalizer[]): Normalizer {
  return (text) => normalizers.reduce((changed, normalize) => normalize(changed), text);
}

/** Lowercases character by character, as in Rust and BERT's Python code: a final capital sigma is no exception. */
export const lowercase: Normalizer = (text) => text.mapCharacters((character) => character.toLowerCase());

/** Removes non-spacing marks (category Mn) from decomposed text. */
export const dropMarks: Normalizer = (text) =>
  text.mapCharacters((character) => (/\p{Mn}/u.test(character) ? '' : character));
