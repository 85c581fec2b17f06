import { join } from 'node:path';
import { Bert, type BertConfig, headLoss, PreTrainingData, preTraining } from '@sequitur/bert';
import {
  keepPreTrained,
  keptPreTrained,
  type PreTrained,
  sizeOf,
  specialIdsOf,
  tokensIn,
  warmUpOf,
} from '@sequitur/example-encoders';
import { firstBatches, learn, type RunOptions } from '@sequitur/recipe';
import type { SubwordTokenizer } from '@sequitur/text';
import { adamW, warmUpThenLinear } from '@sequitur/train';
import type { SentenceDocument } from './documents.js';

export interface DocumentPreTraining {
  readonly config: BertConfig;
  readonly tokenizer: SubwordTokenizer;
  readonly documents: readonly SentenceDocument[];
  /** To watch the learning with. */
  readonly watched: readonly SentenceDocument[];
  readonly batchSize: number;
  readonly peakRate: number;
}

/**
 * BERT's pre-training (Devlin et al. 2019, section 3.1): hidden tokens, and whether a text follows another. Saves the model in
 * `pretrained`; a run that is gone on with and has come so far already takes it from there.
 *
 * @returns null where the run was interrupted before
 */
export async function preTrainOnDocuments(
  { config, tokenizer, documents, watched, batchSize, peakRate }: DocumentPreTraining,
  options: RunOptions,
): Promise<PreTrained | null> {
  const folder = join(options.folder, 'pretrained');
  const kept = options.resume ? await keptPreTrained(folder) : null;
  if (kept) return kept;
  const model = Bert.create(config, { head: preTraining(), seed: options.seed, tokenizer });
  console.log(`\nPre-training ${sizeOf(model)}, on ${documents.length} documents.`);
  const dataOf = (texts: readonly SentenceDocument[], seed: string) =>
    new PreTrainingData(encoded(texts, tokenizer), {
      ...settingsOf(tokenizer),
      batchSize,
      length: config.contextLength,
      seed,
    });
  const watching = dataOf(watched, 'validation');
  try {
    const learnt = await learn(
      model,
      {
        title: 'Foretelling hidden tokens, and what follows what',
        unit: 'nats per hidden token, plus nats per pair',
        loss: headLoss,
        data: () => dataOf(documents, options.seed),
        validation: firstBatches(watching, { batches: 8, of: 8 }),
        optimizer: (steps) =>
          adamW({ learningRate: warmUpThenLinear({ peak: peakRate, warmUp: warmUpOf(steps), steps }) }),
        tokensOf: tokensIn,
      },
      { ...options, folder: join(options.folder, 'pretraining') },
    );
    return learnt.interrupted ? null : await keepPreTrained(model, folder, learnt);
  } finally {
    model.dispose();
  }
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
