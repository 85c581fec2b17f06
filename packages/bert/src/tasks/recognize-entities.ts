import { hostSoftmax } from '@sequitur/core';
import type { Encoding } from '@sequitur/text';
import type { Bert } from '../bert.js';
import { labelsOf } from '../heads/sequence-classification.js';
import type { TokenClassificationHead } from '../heads/token-classification.js';
import { type Entity, groupEntities, type TaggedToken } from './entity-groups.js';
import { type BatchedOptions, batchOf, encodeTogether, inBatches, readerFor, rowsOf } from './reading.js';

/**
 * Finds the entities of each text. A word of several tokens has the tag of its first, as such models are trained.
 *
 * @throws SequiturError where the model has no such head, or no tokenizer
 */
export async function recognizeEntities(
  model: Bert,
  texts: readonly string[],
  options: BatchedOptions = {},
): Promise<Entity[][]> {
  const tokenizer = readerFor('recognizeEntities', model, ['tokenClassification']);
  const names = labelsOf(model.config);
  return inBatches(texts, options, async (some) => {
    const encodings = encodeTogether(tokenizer, model, some);
    const { logits } = (model as Bert<TokenClassificationHead>).apply(batchOf(encodings));
    const values = (await logits.data()) as Float32Array;
    logits.dispose();
    return rowsOf(values, some.length).map((row, index) =>
      groupEntities(some[index]!, taggedWords(some[index]!, encodings[index]!, row, names)),
    );
  });
}

/** Every word with the tag of its first token, from the logits [length * labels] of its text. */
function taggedWords(text: string, encoding: Encoding, logits: Float32Array, names: readonly string[]): TaggedToken[] {
  const words: TaggedToken[] = [];
  for (const [index, offsets] of encoding.offsets.entries()) {
    const [start, end] = offsets;
    if (encoding.sequences[index] === null || end <= start) continue;
    const last = words.at(-1);
    if (last && last.offsets[1] === start && isInsideWord(text, start)) {
      words[words.length - 1] = { ...last, offsets: [last.offsets[0], end] };
      continue;
    }
    const probabilities = hostSoftmax(logits.subarray(index * names.length, (index + 1) * names.length));
    const best = probabilities.reduce((most, value, i) => (value > probabilities[most]! ? i : most), 0);
    words.push({ tag: names[best]!, score: probabilities[best]!, offsets });
  }
  return words;
}

/** Letters or digits on both sides of a place in the text. */
function isInsideWord(text: string, place: number): boolean {
  return /[\p{L}\p{N}]$/u.test(text.slice(0, place)) && /^[\p{L}\p{N}\p{M}]/u.test(text.slice(place));
}
