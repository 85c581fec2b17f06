import { type LabelledBatch, type MaskedLanguageHead, maskTokens } from '@sequitur/bert';
import { type Batches, type SubwordTokenizer, shuffledBatches } from '@sequitur/text';
import { type EncodedText, filled, paddedBatch } from './padded-batch.js';

export interface MaskedTextsOptions {
  readonly batchSize: number;
  readonly seed: string;
  /** Fraction of tokens that are masked; default 0.15. */
  readonly rate?: number;
}

/** Endless batches of masked texts with new masks in every epoch. */
export function maskedTexts(
  texts: readonly EncodedText[],
  tokenizer: SubwordTokenizer,
  { batchSize, seed, rate = 0.15 }: MaskedTextsOptions,
): Batches<LabelledBatch<MaskedLanguageHead>> {
  const { padding, maskToken, specialTokens } = specialIdsOf(tokenizer);
  const { vocabularySize } = tokenizer;
  return shuffledBatches(texts, {
    source: { batches: 'masked texts', vocabularySize, rate },
    ...{ batchSize, seed },
    lengthOf: ({ ids }) => ids.length,
    collate: (chosen, random) => {
      const masked = chosen.map(({ ids }) =>
        maskTokens(ids, random, { maskToken, vocabularySize, specialTokens, rate }),
      );
      const batch = paddedBatch(
        masked.map(({ tokens }, index) => ({ ids: tokens, tokenTypes: chosen[index]!.tokenTypes })),
        padding,
      );
      return { ...batch, labels: masked.map(({ labels }, row) => filled(labels, batch.tokens[row]!.length, -100)) };
    },
  });
}

/** The ids of a WordPiece vocabulary's special tokens. */
export function specialIdsOf(tokenizer: SubwordTokenizer) {
  const idOf = (token: string | undefined) => tokenizer.tokenToId(token ?? '') ?? 0;
  const { padding, mask } = tokenizer.specialTokens;
  return { padding: idOf(padding), maskToken: idOf(mask), specialTokens: [...tokenizer.specialIds] };
}
