import { checkArgument, option } from '@sequitur/core';
import type { SequenceToSequence } from '../sequence-to-sequence-model.js';
import { type WriteFromOptions, writeFrom } from './write-from.js';

export interface TranslateOptions extends WriteFromOptions {
  /** Names of the languages, for models with a task prefix such as T5: `translate <from> to <to>: ` is prepended. */
  readonly from?: string;
  readonly to?: string;
}

/**
 * Translates texts.
 *
 * @throws SequiturError where the model has no tokenizer
 */
export async function translate(
  model: SequenceToSequence,
  texts: readonly string[],
  given: TranslateOptions = {},
): Promise<string[]> {
  const { from, to, ...options } = checkArgument('translate, options', languages, given);
  const prefix = options.prefix ?? (from && to ? `translate ${from} to ${to}: ` : '');
  return writeFrom(model, texts, { ...options, prefix });
}

/** Both of the languages, or neither: one alone would be ignored. */
const languages = option.kind<TranslateOptions>('an object of options, with both from and to, or neither', (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { from, to } = value as TranslateOptions;
  return typeof from === typeof to && (from === undefined || (typeof from === 'string' && from !== '' && to !== ''));
});

/**
 * Summarizes texts; T5 gets its task prefix.
 *
 * @throws SequiturError where the model has no tokenizer
 */
export async function summarize(
  model: SequenceToSequence,
  texts: readonly string[],
  options: WriteFromOptions = {},
): Promise<string[]> {
  const told = model.config.modelType === 't5' ? 'summarize: ' : '';
  return writeFrom(model, texts, { ...options, prefix: options?.prefix ?? told });
}
