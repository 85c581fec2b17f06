import type { LabelledBatch, TokenClassificationHead } from '@sequitur/bert';
import { filled, paddedBatch, specialIdsOf, tokenHider } from '@sequitur/example-encoders';
import { type Batches, type SubwordTokenizer, shuffledBatches } from '@sequitur/text';
import type { TaggedSentence } from './tagged-sentences.js';
import { tagsOfTokens, written } from './words-of-tokens.js';

/** A sentence as tokens with the place of each one's tag in the list of tags, -100 where it has none. */
export interface EncodedSentence {
  readonly ids: readonly number[];
  readonly labels: readonly number[];
}

/** Sentences as tokens, cut to `length`. */
export function encodeSentences(
  sentences: readonly TaggedSentence[],
  { tokenizer, tags, length }: { tokenizer: SubwordTokenizer; tags: readonly string[]; length: number },
): EncodedSentence[] {
  return sentences.map((sentence) => {
    const text = written(sentence);
    const encoding = tokenizer.tokenize(text.text, { truncation: { maxLength: length } });
    const found = tagsOfTokens(encoding, sentence.tags, text);
    return { ids: encoding.ids, labels: found.map((tag) => (tag === null ? -100 : tags.indexOf(tag))) };
  });
}

export interface TaggedBatchesOptions {
  readonly batchSize: number;
  readonly seed: string;
  /** Share of the tokens that the mask stands for, drawn anew in every epoch: names are to be known by what is around them. */
  readonly hidden?: number;
}

/** Endless batches of sentences with a label for each token. */
export function taggedBatches(
  sentences: readonly EncodedSentence[],
  tokenizer: SubwordTokenizer,
  { batchSize, seed, hidden = 0 }: TaggedBatchesOptions,
): Batches<LabelledBatch<TokenClassificationHead>> {
  const { padding } = specialIdsOf(tokenizer);
  const hide = tokenHider(tokenizer, hidden);
  return shuffledBatches(sentences, {
    source: { batches: 'tagged sentences', hidden },
    ...{ batchSize, seed },
    lengthOf: ({ ids }) => ids.length,
    collate: (chosen, random) => {
      const batch = paddedBatch(
        chosen.map(({ ids }) => ({ ids: hide(ids, random) })),
        padding,
      );
      return { ...batch, labels: chosen.map(({ labels }) => filled(labels, batch.tokens[0]!.length, -100)) };
    },
  });
}
