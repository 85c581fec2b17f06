import { type BertConfig, PreTrainingData, preTraining } from '@sequitur/bert';
import { type PreTrained, preTrain, specialIdsOf } from '@sequitur/example-encoders';
import { firstBatches, type RunOptions } from '@sequitur/recipe';
import type { SubwordTokenizer } from '@sequitur/text';
import type { SentenceDocument } from './documents.js';

export interface DocumentPreTraining {
  readonly config: BertConfig;
  readonly tokenizer: SubwordTokenizer;
  readonly documents: readonly SentenceDocument[];
  /** Documents for validation. */
  readonly heldOut: readonly SentenceDocument[];
  readonly batchSize: number;
  readonly peakRate: number;
}

/**
 * BERT's pre-training (Devlin et al. 2019, section 3.1): masked language modelling and next sentence prediction.
 *
 * @returns null if the run was interrupted
 */
export function preTrainOnDocuments(
  { config, tokenizer, documents, heldOut, batchSize, peakRate }: DocumentPreTraining,
  options: RunOptions,
): Promise<PreTrained | null> {
  const dataOf = (texts: readonly SentenceDocument[], seed: string) =>
    new PreTrainingData(encoded(texts, tokenizer), {
      ...settingsOf(tokenizer),
      batchSize,
      length: config.contextLength,
      seed,
    });
  return preTrain(
    {
      ...{ config, tokenizer, peakRate, head: preTraining() },
      source: `on ${documents.length} documents`,
      title: 'Masked language modelling and next sentence prediction',
      unit: 'nats per masked token, plus nats per pair',
      batches: () => dataOf(documents, options.seed),
      validation: firstBatches(dataOf(heldOut, 'validation'), { batches: 8, of: 8 }),
    },
    options,
  );
}

function encoded(documents: readonly SentenceDocument[], tokenizer: SubwordTokenizer): number[][][] {
  return documents.map((sentences) => sentences.map((sentence) => tokenizer.encode(sentence)));
}

function settingsOf(tokenizer: SubwordTokenizer) {
  const { padding, maskToken } = specialIdsOf(tokenizer);
  const idOf = (token: string | undefined) => tokenizer.tokenToId(token ?? '')!;
  const { classification, separator } = tokenizer.specialTokens;
  return {
    vocabularySize: tokenizer.vocabularySize,
    ...{ paddingToken: padding, maskToken, startToken: idOf(classification), separatorToken: idOf(separator) },
    continues: (token: number) => tokenizer.idToToken(token)?.startsWith('##') ?? false,
  };
}
