import { join } from 'node:path';
import { Bert, type BertConfig, type Head, type HeadPart } from '@sequitur/bert';
import { parameterCount } from '@sequitur/core';
import type { RunOptions } from '@sequitur/recipe';
import type { SubwordTokenizer } from '@sequitur/text';
import { keepPreTrained, keptPreTrained, type PreTrained } from './pre-trained.js';
import { type HeadTask, trainOnBatches } from './train-on-batches.js';

export interface PreTraining<H extends Head> extends HeadTask<H> {
  readonly config: BertConfig;
  readonly tokenizer: SubwordTokenizer;
  readonly head: HeadPart<H>;
  /** Description of the data: `on 5,031 documents`. */
  readonly source: string;
  readonly peakRate: number;
}

/**
 * Trains an encoder from scratch and saves it in `pretrained`. A resumed run that has finished this loads it from
 * there.
 *
 * @returns null if the run was interrupted
 */
export async function preTrain<H extends Head>(
  { config, tokenizer, head, source, ...task }: PreTraining<H>,
  options: RunOptions,
): Promise<PreTrained | null> {
  const folder = join(options.folder, 'pretrained');
  const kept = options.resume ? await keptPreTrained(folder) : null;
  if (kept) return kept;
  const model = Bert.create<H>(config, { head, seed: options.seed, tokenizer });
  console.log(`\nPre-training ${sizeOf(model)} ${source}.`);
  try {
    const result = await trainOnBatches(model, task, { ...options, folder: join(options.folder, 'pretraining') });
    return result.interrupted ? null : await keepPreTrained(model, folder, result);
  } finally {
    model.dispose();
  }
}

/** Description of a model. */
export function sizeOf<H extends Head>(model: Bert<H>): string {
  const { depth, width, heads } = model.config;
  const count = parameterCount(model).toLocaleString('en');
  return `a BERT with ${depth} layers of width ${width}, ${heads} heads, ${count} parameters`;
}
