import { checkArgument, checkOptions, option, optionsOf } from '@sequitur/core';
import { Batches } from './batches.js';
import { type WindowBatch, type WindowOptions, windowRules } from './windows.js';

/** A batch of windows of packed documents; `documents` holds the document of each input token. */
export interface PackedBatch extends WindowBatch {
  /** Document ids [batch][length], by their index in the corpus, to restrict attention to documents. */
  readonly documents: readonly Int32Array[];
}

export interface PackingOptions extends WindowOptions {
  /** The token after every document, `< endoftext >` for example; default none. */
  readonly separator?: number | undefined;
}

const separatorRule = option.optional(option.countOrNone);
const packingOptions = optionsOf<PackingOptions>({ ...windowRules, separator: separatorRule });

/** Accessed by index only. */
const documentList = option.kind(
  'a list of documents',
  (value) =>
    typeof value === 'object' && value !== null && Number.isSafeInteger((value as { length?: unknown }).length),
);

type Place = { readonly document: number; readonly token: number };

/** Concatenates documents, each followed by the separator, if any. */
export function joinDocuments(documents: Iterable<ArrayLike<number>>, separator?: number): Int32Array {
  checkArgument('joinDocuments, documents', option.iterable, documents);
  checkArgument('joinDocuments, separator', separatorRule, separator);
  const end = separator === undefined ? [] : [separator];
  const parts = Array.from(documents, (tokens) => Int32Array.from([...Array.from(tokens), ...end]));
  const joined = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * Packs documents into windows without padding: a document that does not fit continues in the next window. Tokens of a
 * last incomplete batch are dropped.
 *
 * @param documents token ids; accessed by index, so they may be encoded lazily
 * @throws SequiturError where the length of a window is not at least one token
 */
export function packedWindows(documents: ArrayLike<ArrayLike<number>>, options: PackingOptions): Batches<PackedBatch> {
  checkArgument('packedWindows, documents', documentList, documents);
  checkOptions('packedWindows', packingOptions, options);
  const { length, batchSize, separator } = options;
  const identity = { windows: 'packed', length, batchSize, separator: separator ?? null, documents: documents.length };
  return Batches.from(identity, { document: 0, token: 0 }, (place) => {
    const rows: { inputs: Int32Array; labels: Int32Array; documents: Int32Array }[] = [];
    let next: Place = place;
    for (let row = 0; row < batchSize; row++) {
      const filled = fillWindow(documents, next, length, separator);
      if (!filled) return null;
      rows.push(filled.window);
      next = filled.next;
    }
    return {
      batch: {
        inputs: rows.map(({ inputs }) => inputs),
        labels: rows.map(({ labels }) => labels),
        documents: rows.map((row) => row.documents),
      },
      state: next,
    };
  });
}

/** The window that starts at a place, and the start of the next one, which is this one's last label. */
function fillWindow(documents: ArrayLike<ArrayLike<number>>, from: Place, length: number, separator?: number) {
  const tokens = new Int32Array(length + 1);
  const origins = new Int32Array(length + 1);
  let filled = 0;
  let { document, token } = from;
  let next = from;
  for (; document < documents.length && filled <= length; document++, token = 0) {
    const ids = documents[document]!;
    const size = ids.length + (separator === undefined ? 0 : 1);
    for (; token < size && filled <= length; token++) {
      if (filled === length) next = { document, token };
      tokens[filled] = token < ids.length ? ids[token]! : separator!;
      origins[filled++] = document;
    }
  }
  if (filled <= length) return null;
  const window = {
    inputs: tokens.subarray(0, length),
    labels: tokens.subarray(1),
    documents: origins.subarray(0, length),
  };
  return { window, next };
}
