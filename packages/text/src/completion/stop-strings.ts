import { checkArgument, option } from '@sequitur/core';
import type { GenerateOptions } from '@sequitur/generation';
import type { Tokenizer } from '../tokenizers/tokenizer.js';

/** What ends a text: a string, or any of several. */
export type Stop = string | readonly string[];

/** Options of generation where a tokenizer is at hand. */
export type TextGenerateOptions = Omit<GenerateOptions, 'stop'> & {
  /** Ends a text as soon as what was generated contains the string, or one of the strings; it is still given out. */
  readonly stop?: Stop | undefined;
};

const nonEmpty = option.kind<string>(
  'a string that is not empty',
  (value) => typeof value === 'string' && value !== '',
);
const stopRule = option.either(
  'a string that is not empty, or a list of such strings',
  nonEmpty,
  option.listOf(nonEmpty),
);

/**
 * The options as generation itself takes them.
 *
 * @param after tokens that the generated ones follow, a prompt's
 * @throws SequiturError where `stop` is neither a string nor a list of strings
 */
export function withDecodedStop(
  where: string,
  { stop, ...options }: TextGenerateOptions,
  tokenizer: Tokenizer,
  after: readonly number[] = [],
): GenerateOptions {
  const strings = stopStringsOf(where, stop);
  if (strings.length === 0) return options;
  const decode = (tokens: readonly number[]) => tokenizer.decode(tokens, { after });
  return { ...options, stop: { strings, decode } };
}

/** `stop` as a list. */
export function stopStringsOf(where: string, stop: Stop | undefined): readonly string[] {
  if (stop === undefined) return [];
  checkArgument(`${where}, stop`, stopRule, stop);
  return typeof stop === 'string' ? [stop] : stop;
}
