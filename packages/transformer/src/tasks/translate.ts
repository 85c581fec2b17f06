import type { SequenceToSequence } from '../sequence-to-sequence-model.js';
import { type WriteFromOptions, writeFrom } from './write-from.js';

export interface TranslateOptions extends WriteFromOptions {
  /** Languages in words, for models that are told in words what to do, as T5 is: puts `translate <from> to <to>: ` before. */
  readonly from?: string;
  readonly to?: string;
}

/**
 * Translates each text.
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
 * Sums up each text; T5 is told so in words.
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
