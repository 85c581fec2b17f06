import type { LabelledBatch, TokenClassificationHead } from '@sequitur/bert';
import { filled, paddedBatch, specialIdsOf, tokenHider } from '@sequitur/example-encoders';
import { type Batches, type SubwordTokenizer, shuffledBatches } from '@sequitur/text';
import type { NameRenewer } from './renewed-names.js';
import type { TaggedSentence } from './tagged-sentences.js';
import { tagsOfTokens, written } from './words-of-tokens.js';

/** An encoded sentence with the tag index of each token, -100 without a tag. */
export interface EncodedSentence {
  readonly ids: readonly number[];
  readonly labels: readonly number[];
}

export interface SentenceEncoding {
  readonly tokenizer: SubwordTokenizer;
  readonly tags: readonly string[];
  /** Maximum length of a sentence in tokens. */
  readonly length: number;
}

/** Encodes sentences, truncated to `length` tokens. */
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
  /** Fraction of tokens that are masked at random in every epoch, so that the model relies on the context of names. */
  readonly hidden?: number;
  /** Replaces some names with others. */
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
