import type { AlignedText } from '../aligned-text.js';

/** Changes a text before it is split, keeping track of where everything came from. */
export type Normalizer = (text: AlignedText) => AlignedText;

export function normalizeInTurn(normalizers: readonly Normalizer[]): Normalizer {
  return (text) => normalizers.reduce((changed, normalize) => normalize(changed), text);
}

/** Character by character, as Rust and BERT's own code do: a capital sigma at the end of a word is no exception. */
export const lowercase: Normalizer = (text) => text.mapCharacters((character) => character.toLowerCase());

/** Drops marks that take no room of their own (category Mn) from decomposed text. */
export const dropMarks: Normalizer = (text) =>
  text.mapCharacters((character) => (/\p{Mn}/u.test(character) ? '' : character));
