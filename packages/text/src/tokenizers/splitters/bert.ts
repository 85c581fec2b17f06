import { type Splitter, splitAt, splitInTurn } from './splitter.js';

/** What Python's `str.split` splits at: white space and the four separators of ASCII. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those four
export const pythonWhiteSpace = /[\p{White_Space}\x1c-\x1f]+/gu;

/** Punctuation of Unicode, and every ASCII character that is neither letter, digit nor space. */
export const punctuation = /[\p{P}!-/:-@[-`{-~]/gu;

/** At white space, which goes, and at each mark of punctuation, which is a word of its own (BERT). */
export const bertSplitter: Splitter = splitInTurn([
  splitAt(/\p{White_Space}+/gu, 'Removed'),
  splitAt(punctuation, 'Isolated'),
]);
