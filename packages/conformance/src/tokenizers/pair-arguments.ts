import type { Encoding, Padding, Tokenizer, Truncation } from '@sequitur/text';
import type { PairArguments, PairCase } from './tokenizer-cases.js';

/** Tokenizes two texts as Python's keyword arguments ask for. */
export function tokenizePair(tokenizer: Tokenizer, { a, b, kwargs }: PairCase): Encoding {
  const [truncation, padding] = [truncationOf(kwargs), paddingOf(kwargs)];
  return tokenizer.tokenize(a, { pair: b, ...(truncation && { truncation }), ...(padding && { padding }) });
}

const STRATEGIES: Readonly<Record<string, Truncation['strategy']>> = {
  true: 'longestFirst',
  longest_first: 'longestFirst',
  only_first: 'onlyFirst',
  only_second: 'onlySecond',
};

function truncationOf({ truncation = false, max_length }: PairArguments): Truncation | null {
  const strategy = STRATEGIES[String(truncation)];
  return strategy && max_length !== undefined ? { maxLength: max_length, strategy } : null;
}

function paddingOf({ padding = false, max_length }: PairArguments): Padding | null {
  if (padding === 'max_length' && max_length !== undefined) return { length: max_length };
  return padding === true || padding === 'longest' ? {} : null;
}
