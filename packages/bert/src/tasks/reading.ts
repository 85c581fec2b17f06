import { type OptionRules, option, SequiturError } from '@sequitur/core';
import { type Encoding, padEncodings, type Tokenizer } from '@sequitur/text';
import type { TextBatch } from '../batch.js';
import type { Bert } from '../bert.js';

/** A text, or two that belong together. */
export type TextInput = string | readonly [string, string];

/** The model's tokenizer. @throws SequiturError where it has none, or a head of another kind than the task needs */
export function readerFor(task: string, { tokenizer, headKind }: Bert, kinds?: readonly string[]): Tokenizer {
  if (kinds && !kinds.includes(headKind)) {
    throw new SequiturError({
      where: task,
      expected: `a model with a head for ${kinds.join(' or ')}`,
      got: headKind,
      fix: 'Load a checkpoint of that kind, or give `head` to fromPretrained and train it',
    });
  }
  if (tokenizer) return tokenizer;
  throw new SequiturError({
    where: task,
    expected: 'a model with a tokenizer',
    got: 'one without',
    fix: 'Put tokenizer.json or vocab.txt into its folder, or give `tokenizer` to fromPretrained',
  });
}

/** Encodings of equal length as a batch. */
export function batchOf(encodings: readonly Encoding[]): TextBatch {
  return {
    tokens: encodings.map(({ ids }) => ids),
    attentionMask: encodings.map(({ attentionMask }) => attentionMask),
    tokenTypes: encodings.map(({ tokenTypes }) => tokenTypes),
  };
}

/** Batch size of a task. */
export interface BatchedOptions {
  /** Texts read at once; default 8. */
  readonly batchSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options of tasks that truncate texts. */
export interface CuttingOptions extends BatchedOptions {
  /** Called with the number of truncated texts; default `console.warn`. */
  readonly warn?: ((message: string) => void) | undefined;
}

export const batchedRules: OptionRules<BatchedOptions> = {
  batchSize: option.optional(option.count),
  signal: option.optional(option.signal),
};
export const cuttingRules: OptionRules<CuttingOptions> = { ...batchedRules, warn: option.optional(option.callback) };

/** Results of `read` over batches of items, in order. */
export async function inBatches<Item, Result>(
  items: readonly Item[],
  { batchSize = 8, signal }: BatchedOptions,
  read: (items: readonly Item[]) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += batchSize) {
    signal?.throwIfAborted();
    results.push(...(await read(items.slice(start, start + batchSize))));
  }
  return results;
}

/**
 * Encodings truncated to the maximum length, with a warning.
 *
 * @throws SequiturError where a text is neither a string nor a pair of strings
 */
export function encodeCut(
  task: string,
  tokenizer: Tokenizer,
  model: Bert,
  texts: readonly TextInput[],
  { warn = console.warn }: CuttingOptions,
): Encoding[] {
  const whole = tokenizer.tokenizeBatch(texts, { padding: false });
  const maxLength = model.contextLength;
  const isLong = whole.map(({ ids }) => ids.length > maxLength);
  const count = isLong.filter(Boolean).length;
  if (count === 0) return whole;
  warn(
    `${task}: ${count} of ${texts.length} texts are longer than the ${maxLength} tokens that the model reads, and are cut`,
  );
  const cut = (text: TextInput) => tokenizer.tokenizeBatch([text], { truncation: { maxLength }, padding: false })[0]!;
  return whole.map((encoding, index) => (isLong[index] ? cut(texts[index]!) : encoding));
}

/** Encodings padded on the right to one length, as a batch. */
export function paddedBatch(model: Bert, encodings: readonly Encoding[]): TextBatch {
  return batchOf(padEncodings(encodings, { side: 'right' }, paddingOf(model)));
}

export function paddingOf({ config }: Bert) {
  return { id: config.paddingToken ?? 0, token: '', typeId: 0 };
}

/** The rows of numbers [rows, columns] on the host. */
export function rowsOf(values: Float32Array, rows: number): Float32Array[] {
  const columns = values.length / rows;
  return Array.from({ length: rows }, (_, row) => values.subarray(row * columns, (row + 1) * columns));
}
