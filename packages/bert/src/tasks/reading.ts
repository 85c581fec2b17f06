import { SequiturError } from '@sequitur/core';
import type { Encoding, Tokenizer } from '@sequitur/text';
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

/** How many texts a model reads at once. */
export interface BatchedOptions {
  /** Texts read at once; default 8. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
}

/** What `read` makes of the items, some at a time, in their order. */
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

/** Texts cut and padded to one length that the model can read. */
export function encodeTogether(tokenizer: Tokenizer, model: Bert, texts: readonly TextInput[]): Encoding[] {
  const truncation = Number.isFinite(model.contextLength) ? { maxLength: model.contextLength } : undefined;
  return tokenizer.tokenizeBatch(texts, { specialTokens: true, truncation });
}

/** The rows of numbers [rows, columns] on the host. */
export function rowsOf(values: Float32Array, rows: number): Float32Array[] {
  const columns = values.length / rows;
  return Array.from({ length: rows }, (_, row) => values.subarray(row * columns, (row + 1) * columns));
}
