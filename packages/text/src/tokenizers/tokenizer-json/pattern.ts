import { SplitPreTokenizer } from '@huggingface/tokenizers';
import { SequiturError, shorten, showValue } from '@sequitur/core';
import { escaped } from '../added-tokens.js';
import type { Fields } from './fields.js';

/**
 * A pattern of `tokenizer.json`, a text or a regular expression of Rust's (Oniguruma's) dialect, which
 * `@huggingface/tokenizers` translates into JavaScript's.
 */
export function patternOf(fields: Fields): RegExp {
  const literal = fields.maybeText('String');
  if (literal !== undefined) return new RegExp(escaped(literal), 'gu');
  const Regex = fields.text('Regex');
  try {
    const { pattern } = new SplitPreTokenizer({
      type: 'Split',
      pattern: { Regex },
      behavior: 'Isolated',
      invert: false,
    });
    if (pattern) return pattern;
  } catch (cause) {
    throw new SequiturError(
      {
        where: fields.where,
        expected: 'a regular expression that can be translated',
        got: shorten((cause as Error).message),
      },
      { cause },
    );
  }
  throw new SequiturError({ where: fields.where, expected: 'a pattern', got: showValue(Regex) });
}
