import { SequiturError } from '@sequitur/core';
import type { Encoding, Padding, TokenizeOptions, Tokenizer, Truncation } from '@sequitur/text';
import type { PairArguments, PairCase } from './tokenizer-cases.js';

/** The supported keyword arguments; any other might change the ids. */
export const knownArguments: ReadonlySet<string> = new Set([
  'truncation',
  'padding',
  'max_length',
  'add_special_tokens',
]);

/** Tokenizes two texts with Python's keyword arguments. */
export function tokenizePair(tokenizer: Tokenizer, { a, b, kwargs }: PairCase): Encoding {
  const [truncation, padding] = [truncationOf(kwargs), paddingOf(kwargs)];
  const options: TokenizeOptions = {
    pair: b,
    specialTokens: kwargs.add_special_tokens ?? true,
    ...(padding && { padding }),
  };
  if (!truncation) return tokenizer.tokenize(a, options);
  try {
    return tokenizer.tokenize(a, { ...options, truncation });
  } catch (error) {
    // If the text to truncate is too short, Python logs an error and leaves both unchanged; ours throws.
    if (error instanceof SequiturError && error.problem.where.includes('truncation'))
      return tokenizer.tokenize(a, options);
    throw error;
  }
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
