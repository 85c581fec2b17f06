import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Bert, type BertConfig, classify, sequenceClassification } from '@sequitur/bert';
import { type EncodedExample, labelledBatches } from '@sequitur/example-classification/labelled-batches.js';
import type { LabelledText } from '@sequitur/example-classification/labelled-texts.js';
import { trainOnBatches } from '@sequitur/example-encoders';
import { firstBatches, type RunOptions } from '@sequitur/recipe';
import { accuracy, type SubwordTokenizer } from '@sequitur/text';

export interface Comparison {
  readonly config: BertConfig;
  readonly tokenizer: SubwordTokenizer;
  /** Folder of the pre-trained model. */
  readonly pretrained: string;
  readonly labels: readonly string[];
  readonly training: readonly EncodedExample[];
  readonly validation: readonly EncodedExample[];
  readonly test: readonly LabelledText[];
  readonly batchSize: number;
  readonly peakRate: number;
}

export type Start = 'pretrained' | 'scratch';

/**
 * Fine-tunes and evaluates a model from one start; all else is the same for both starts. A resumed run keeps its
 * earlier results.
 *
 * @returns the accuracy on the test texts, or null if the run was interrupted
 */
export async function fineTuned(start: Start, comparison: Comparison, options: RunOptions): Promise<number | null> {
  const { tokenizer, labels, training, validation, batchSize, peakRate } = comparison;
  const file = join(options.folder, 'accuracy.json');
  const known = options.resume ? await readFile(file, 'utf8').catch(() => null) : null;
  if (known !== null) return JSON.parse(known).accuracy;
  const model = await begun(start, comparison, options.seed);
  const validationBatches = labelledBatches(validation, tokenizer, { batchSize: 32, seed: 'validation' });
  try {
    const { interrupted } = await trainOnBatches(
      model,
      {
        title: `Telling ${labels.join(' from ')}, ${start}`,
        unit: 'nats per text',
        batches: () => labelledBatches(training, tokenizer, { batchSize, seed: options.seed, hidden: 0.1 }),
        validation: firstBatches(validationBatches, { batches: 8, of: validation.length / 32 }),
        evaluations: 5,
        peakRate,
      },
      options,
    );
    if (interrupted) return null;
    const found = await evaluate(model as Bert, comparison.test);
    await writeFile(file, JSON.stringify({ accuracy: found }));
    return found;
  } finally {
    model.dispose();
  }
}

function begun(start: Start, { config, tokenizer, labels, pretrained }: Comparison, seed: string) {
  const head = sequenceClassification({ labels });
  if (start === 'pretrained') return Bert.fromPretrained(pretrained, { head, seed });
  return Promise.resolve(Bert.create(config, { head, seed, tokenizer }));
}

async function evaluate(model: Bert, test: readonly LabelledText[]): Promise<number> {
  const found = await classify(
    model,
    test.map(({ text }) => text),
    { batchSize: 32 },
  );
  return accuracy(
    found.map(({ label }) => label),
    test.map(({ label }) => label),
  );
}
