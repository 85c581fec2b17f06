import { checkOptions, hostSoftmax, option, optionsOf } from '@sequitur/core';
import { labelsOf } from '@sequitur/pretrained';
import type { Encoding, Tokenizer } from '@sequitur/text';
import type { Bert } from '../bert.js';
import type { TokenClassificationHead } from '../heads/token-classification.js';
import { type Entity, groupEntities, type TaggedToken } from './entity-groups.js';
import { type BatchedOptions, batchedRules, inBatches, paddedBatch, readerFor, rowsOf } from './reading.js';
import { centralTokens, type TokenPlace } from './windows.js';

export interface RecognizeOptions extends BatchedOptions {
  /** Overlap of neighbouring windows of a long text in tokens; default 128, at most a quarter of the maximum length. */
  readonly overlap?: number | undefined;
}

const recognizeOptions = optionsOf<RecognizeOptions>({ ...batchedRules, overlap: option.optional(option.countOrNone) });

/**
 * Named entity recognition. A word of several tokens gets the tag of its first token; words are those of the tokenizer.
 * Long texts are read in overlapping windows.
 *
 * @throws SequiturError where the model has another head, or no tokenizer
 */
export async function recognizeEntities(
  model: Bert,
  texts: readonly string[],
  options: RecognizeOptions = {},
): Promise<Entity[][]> {
  checkOptions('recognizeEntities', recognizeOptions, options);
  const tokenizer = readerFor('recognizeEntities', model, ['tokenClassification']);
  const names = labelsOf(model.config);
  const overlap = options.overlap ?? Math.min(128, Math.floor(model.contextLength / 4));
  const windows = texts.map((text) => windowsOf(text, tokenizer, model, overlap));
  const logits = await inBatches(windows.flat(), options, (some) => logitsOf(model, some));
  let first = 0;
  return windows.map((own, index) => {
    const rows = logits.slice(first, first + own.length);
    first += own.length;
    const tagged = taggedWords(texts[index]!, own, centralTokens(own, overlap), rows, names);
    return groupEntities(texts[index]!, tagged);
  });
}

function windowsOf(text: string, tokenizer: Tokenizer, model: Bert, overlap: number): Encoding[] {
  const whole = tokenizer.tokenize(text);
  const maxLength = model.contextLength;
  if (whole.ids.length <= maxLength) return [whole];
  return tokenizer.tokenizeWindows(text, { maxLength, overlap });
}

async function logitsOf(model: Bert, windows: readonly Encoding[]): Promise<Float32Array[]> {
  const { logits } = (model as Bert<TokenClassificationHead>).apply(paddedBatch(model, windows));
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  return rowsOf(values, windows.length);
}

/** Every word with the tag of its first token, from the logits [length * labels] of each window. */
function taggedWords(
  text: string,
  windows: readonly Encoding[],
  tokens: readonly TokenPlace[],
  logits: readonly Float32Array[],
  names: readonly string[],
): TaggedToken[] {
  const words: TaggedToken[] = [];
  let number: number | null = null;
  for (const { window, index } of tokens) {
    const encoding = windows[window]!;
    const [start, end] = encoding.offsets[index]!;
    const last = words.at(-1);
    if (last && encoding.words[index] === number) {
      const [from, to] = last.offsets;
      words[words.length - 1] = { ...last, offsets: [Math.min(from, start), Math.max(to, end)] };
      continue;
    }
    number = encoding.words[index]!;
    const row = logits[window]!.subarray(index * names.length, (index + 1) * names.length);
    const probabilities = hostSoftmax(row);
    const best = probabilities.reduce((most, value, i) => (value > probabilities[most]! ? i : most), 0);
    words.push({ tag: names[best]!, score: probabilities[best]!, offsets: [start, end] });
  }
  return words.flatMap((word) => withoutSpace(text, word) ?? []);
}

/** The word without the leading space of some vocabularies; null where nothing else is left. */
function withoutSpace(text: string, word: TaggedToken): TaggedToken | null {
  const [from, end] = word.offsets;
  const start = from + /^\p{White_Space}*/u.exec(text.slice(from, end))![0].length;
  return start < end ? { ...word, offsets: [start, end] } : null;
}
