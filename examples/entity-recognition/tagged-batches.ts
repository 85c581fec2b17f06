import type { LabelledBatch, TokenClassificationHead } from '@sequitur/bert';
import { filled, paddedBatch, specialIdsOf, tokenHider } from '@sequitur/example-encoders';
import { type Batches, type SubwordTokenizer, shuffledBatches } from '@sequitur/text';
import type { NameRenewer } from './renewed-names.js';
import type { TaggedSentence } from './tagged-sentences.js';
import { tagsOfTokens, written } from './words-of-tokens.js';

/** A sentence as tokens with the place of each one's tag in the list of tags, -100 where it has none. */
export interface EncodedSentence {
  readonly ids: readonly number[];
  readonly labels: readonly number[];
}

export interface SentenceEncoding {
  readonly tokenizer: SubwordTokenizer;
  readonly tags: readonly string[];
  /** Tokens of a sentence, at most. */
  readonly length: number;
}

/** Sentences as tokens, cut to `length`. */
export function encodeSentences(
  sentences: readonly TaggedSentence[],
  { tokenizer, tags, length }: SentenceEncoding,
): EncodedSentence[] {
  return sentences.map((sentence) => {
    const text = written(sentence);
    const encoding = tokenizer.tokenize(text.text, { truncation: { maxLength: length } });
    const found = tagsOfTokens(encoding, sentence.tags, text);
    const first = sentence.intent === undefined ? -100 : tags.indexOf(sentence.intent);
    const labelOf = (tag: string | null, index: number) =>
      tag !== null ? tags.indexOf(tag) : index === 0 ? first : -100;
    return { ids: encoding.ids, labels: found.map(labelOf) };
  });
}

export interface TaggedBatchesOptions extends SentenceEncoding {
  readonly batchSize: number;
  readonly seed: string;
  /** Share of the tokens that the mask stands for, drawn anew in every epoch: names are to be known by what is around them. */
  readonly hidden?: number;
  /** Puts other names in the place of some. */
  readonly renew?: NameRenewer;
}

/** Endless batches of sentences with a label for each word. */
export function taggedBatches(
  sentences: readonly TaggedSentence[],
  { batchSize, seed, hidden = 0, renew, ...encoding }: TaggedBatchesOptions,
): Batches<LabelledBatch<TokenClassificationHead>> {
  const { tokenizer } = encoding;
  const { padding } = specialIdsOf(tokenizer);
  const hide = tokenHider(tokenizer, hidden);
  return shuffledBatches(sentences, {
    source: { batches: 'tagged sentences', hidden },
    ...{ batchSize, seed },
    lengthOf: ({ words }) => words.length,
    collate: (chosen, random) => {
      const encoded = encodeSentences(renew ? chosen.map((sentence) => renew(sentence, random)) : chosen, encoding);
      const batch = paddedBatch(
        encoded.map(({ ids }) => ({ ids: hide(ids, random) })),
        padding,
      );
      return { ...batch, labels: encoded.map(({ labels }) => filled(labels, batch.tokens[0]!.length, -100)) };
    },
  });
}
