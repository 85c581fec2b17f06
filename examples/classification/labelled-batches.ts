import type { LabelledBatch, SequenceClassificationHead } from '@sequitur/bert';
import { type EncodedText, paddedBatch, specialIdsOf, tokenHider } from '@sequitur/example-encoders';
import { type Batches, type SubwordTokenizer, shuffledBatches } from '@sequitur/text';
import type { LabelledText } from './labelled-texts.js';

export interface EncodedExample extends EncodedText {
  /** Index in the list of labels. */
  readonly label: number;
}

/** Encodes texts, truncated to `length` tokens. */
export function encodeExamples(
  texts: readonly LabelledText[],
  { tokenizer, labels, length }: { tokenizer: SubwordTokenizer; labels: readonly string[]; length: number },
): EncodedExample[] {
  const places = new Map(labels.map((label, place) => [label, place]));
  return texts.map(({ text, label }) => {
    const { ids } = tokenizer.tokenize(text, { truncation: { maxLength: length } });
    return { ids, label: places.get(label)! };
  });
}

export interface LabelledBatchesOptions {
  readonly batchSize: number;
  readonly seed: string;
  /** Fraction of tokens that are masked at random in every epoch, as regularization. */
  readonly hidden?: number;
}

/** Endless batches of texts with their labels. */
export function labelledBatches(
  examples: readonly EncodedExample[],
  tokenizer: SubwordTokenizer,
  { batchSize, seed, hidden = 0 }: LabelledBatchesOptions,
): Batches<LabelledBatch<SequenceClassificationHead>> {
  const { padding } = specialIdsOf(tokenizer);
  const hide = tokenHider(tokenizer, hidden);
  return shuffledBatches(examples, {
    source: { batches: 'labelled texts', hidden },
    ...{ batchSize, seed },
    lengthOf: ({ ids }) => ids.length,
    collate: (chosen, random) => {
      const texts = chosen.map(({ ids }) => ({ ids: hide(ids, random) }));
      return { ...paddedBatch(texts, padding), labels: chosen.map(({ label }) => label) };
    },
  });
}
