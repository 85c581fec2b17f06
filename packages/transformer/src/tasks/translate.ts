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
export function translate(
  model: SequenceToSequence,
  texts: readonly string[],
  { from, to, ...options }: TranslateOptions = {},
): Promise<string[]> {
  const prefix = options.prefix ?? (from && to ? `translate ${from} to ${to}: ` : '');
  return writeFrom(model, texts, { ...options, prefix });
}

/**
 * Summarizes texts; T5 gets its task prefix.
 *
 * @throws SequiturError where the model has no tokenizer
 */
export function summarize(
  model: SequenceToSequence,
  texts: readonly string[],
  options: WriteFromOptions = {},
): Promise<string[]> {
  const told = model.config.modelType === 't5' ? 'summarize: ' : '';
  return writeFrom(model, texts, { ...options, prefix: options.prefix ?? told });
}
