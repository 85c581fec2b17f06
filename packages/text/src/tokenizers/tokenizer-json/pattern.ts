import { SplitPreTokenizer } from '@huggingface/tokenizers';
import { SequiturError, shorten, showValue } from '@sequitur/core';
import { escaped } from '../added-tokens.js';
import { isSafe } from '../patterns/is-safe.js';
import { LinearPattern, native, type Pattern } from '../patterns/linear-pattern.js';
import { parsePattern } from '../patterns/parse.js';
import type { Fields } from './fields.js';

/** Maximum length of a pattern; those of tokenizers have a few hundred characters. */
const LONGEST = 10_000;

/**
 * A pattern of `tokenizer.json`: a string, or a regular expression in Oniguruma's dialect, which
 * `@huggingface/tokenizers` translates into JavaScript's. Matching takes time proportional to the text.
 */
export function patternOf(fields: Fields): Pattern {
  const literal = fields.maybeText('String');
  const Regex = literal ?? fields.text('Regex');
  if (Regex.length > LONGEST) throw fault(fields, `at most ${LONGEST} characters`, `${Regex.length}`);
  if (literal !== undefined) return native(new RegExp(escaped(literal), 'gu'));
  const translated = translate(Regex, fields);
  try {
    return isSafe(parsePattern(translated.source)) ? native(translated) : new LinearPattern(translated.source);
  } catch (cause) {
    const got = `${showValue(shorten(Regex, 100))}: ${shorten((cause as Error).message, 80)}`;
    throw fault(fields, 'a regular expression that is matched in linear time', got, cause);
  }
}

function translate(Regex: string, fields: Fields): RegExp {
  let pattern: RegExp | null;
  try {
    const split = { type: 'Split', behavior: 'Isolated', invert: false } as const;
    pattern = new SplitPreTokenizer({ ...split, pattern: { Regex } }).pattern;
  } catch (cause) {
    const got = shorten((cause as Error).message);
    throw fault(fields, 'a regular expression that can be translated', got, cause);
  }
  if (pattern) return pattern;
  throw fault(fields, 'a pattern', showValue(Regex));
}

function fault({ where }: Fields, expected: string, got: string, cause?: unknown): SequiturError {
  return new SequiturError({ where, expected, got }, cause === undefined ? {} : { cause });
}
