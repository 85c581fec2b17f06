import { checkArgument, option } from '@sequitur/core';
import type { GenerateOptions } from '@sequitur/generation';
import type { Tokenizer } from '../tokenizers/tokenizer.js';

/** One stop string, or a list of them. */
export type Stop = string | readonly string[];

/** Generation options where a tokenizer is available. */
export type TextGenerateOptions = Omit<GenerateOptions, 'stop'> & {
  /** Ends the text as soon as the generated part contains a stop string, which is part of the output. */
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
 * Converts the options to those of `generate`.
 *
 * @param after tokens before the generated ones, those of the prompt
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
