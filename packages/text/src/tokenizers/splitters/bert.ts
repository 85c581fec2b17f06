import { type Splitter, splitAt, splitInTurn } from './splitter.js';

/** The separators of Python's `str.split`: white space and the four ASCII separators. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those four
export const pythonWhiteSpace = /[\p{White_Space}\x1c-\x1f]+/gu;

/** Punctuation of Unicode, and every ASCII character that is neither letter, digit nor space. */
export const punctuation = /[\p{P}!-/:-@[-`{-~]/gu;

/** BERT's pre-tokenizer: splits at white space, which is removed, and at punctuation marks, which are kept as words. */
export const bertSplitter: Splitter = splitInTurn([
  splitAt(/\p{White_Space}+/gu, 'Removed'),
  splitAt(punctuation, 'Isolated'),
]);
