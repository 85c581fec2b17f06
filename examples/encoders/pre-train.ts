import { join } from 'node:path';
import { Bert, type BertConfig, headLoss, maskedLanguage, type TextBatch } from '@sequitur/bert';
import { parameterCount } from '@sequitur/core';
import { firstBatches, learn, type RunOptions } from '@sequitur/recipe';
import type { SubwordTokenizer } from '@sequitur/text';
import { adamW, warmUpThenLinear } from '@sequitur/train';
import { maskedTexts } from './masked-texts.js';
import type { EncodedText } from './padded-batch.js';
import { keepPreTrained, keptPreTrained, type PreTrained } from './pre-trained.js';

export interface PreTraining {
  readonly config: BertConfig;
  readonly tokenizer: SubwordTokenizer;
  readonly training: readonly EncodedText[];
  readonly validation: readonly EncodedText[];
  readonly batchSize: number;
  readonly peakRate: number;
}

/**
 * Trains an encoder to foretell hidden tokens, which needs no labels, and saves it in `pretrained`. A run that is gone on
 * with and has come so far already takes it from there.
 *
 * @returns null where the run was interrupted before
 */
export async function preTrain(what: PreTraining, options: RunOptions): Promise<PreTrained | null> {
  const { config, tokenizer, training, validation, batchSize, peakRate } = what;
  const folder = join(options.folder, 'pretrained');
  const kept = options.resume ? await keptPreTrained(folder) : null;
  if (kept) return kept;
  const model = Bert.create(config, { head: maskedLanguage(), seed: options.seed, tokenizer });
  console.log(`\nPre-training ${sizeOf(model)} on ${training.length} texts, without their labels.`);
  try {
    const learnt = await learn(
      model,
      {
        title: 'Foretelling hidden tokens',
        unit: 'nats per hidden token',
        loss: headLoss,
        data: () => maskedTexts(training, tokenizer, { batchSize, seed: options.seed }),
        validation: firstBatches(maskedTexts(validation, tokenizer, { batchSize, seed: 'validation' }), {
          batches: 8,
          of: validation.length / batchSize,
        }),
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

/** A tenth of the run, 200 steps at most. */
export function warmUpOf(steps: number): number {
  return Math.max(1, Math.min(200, Math.round(steps / 10)));
}

/** Real tokens of a batch. */
export function tokensIn({ visible = [] }: TextBatch): number {
  return visible.reduce((count, row) => count + Array.from(row).filter(Boolean).length, 0);
}

/** A model in words. */
export function sizeOf(model: Bert): string {
  const { depth, width, heads } = model.config;
  const count = parameterCount(model).toLocaleString('en');
  return `a BERT with ${depth} layers of width ${width}, ${heads} heads, ${count} parameters`;
}
