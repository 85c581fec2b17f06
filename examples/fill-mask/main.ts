/** Trains a small BERT on masked language modelling of stories. */
import { basename } from 'node:path';
import { Bert, fillMask, type MaskedLanguageHead, maskedLanguage } from '@sequitur/bert';
import { Random } from '@sequitur/core';
import { maskedTexts, savedAndLoaded, sizeOf, trainOnBatches } from '@sequitur/example-encoders';
import { readStories } from '@sequitur/example-stories/stories.js';
import { badFile, firstBatches, type RecipeOptions, runRecipe, saveResults } from '@sequitur/recipe';
import { trainWordPieceTokenizer } from '@sequitur/text';
import { evaluateFillings, type FillingScores } from './evaluate-fillings.js';
import { passagesOf } from './passages.js';

const command = {
  name: 'fill-mask',
  about: 'Trains a small BERT from scratch on masked language modelling of stories.',
  seconds: 1800,
  data: {
    value: '<folder>',
    help: 'train.jsonl, valid.jsonl and test.jsonl (or .jsonl.gz): {"title", "text"} per line',
  },
} as const;

const shape = {
  ...{ width: 128, depth: 3, heads: 4, contextLength: 64 },
  ...{ dropout: 0, attentionDropout: 0, initializerRange: 0.05 },
};
const BATCH = { vocabularySize: 4000, batchSize: 32, peakRate: 2e-3, rate: 0.2 };

/** Number of test passages for the evaluation, evenly spaced. */
const EVALUATED = 1500;

const EXAMPLES = [
  'Once upon a [MASK] there lived a king.',
  'The [MASK] barked at the cat.',
  'She gave the bread to her [MASK].',
  'The old man went into the [MASK] to cut wood.',
  '"Come with me," [MASK] the fox.',
  'The sun was [MASK] and the birds were singing.',
];

async function main(options: RecipeOptions): Promise<void> {
  if (options.data.length !== 1) throw badFile('npm run fill-mask, --data', 'one folder', `${options.data.length}`);
  const stories = await readStories(options.data[0]!);
  const tokenizer = await trainWordPieceTokenizer(stories.training, { vocabularySize: BATCH.vocabularySize });
  const passages = (texts: readonly string[]) => passagesOf(texts, tokenizer, shape.contextLength);
  const [training, validation, test] = [stories.training, stories.validation, stories.test].map(passages);
  const config = { modelType: 'bert', vocabularySize: tokenizer.vocabularySize, ...shape };
  const model = Bert.create<MaskedLanguageHead>(config, { head: maskedLanguage(), seed: options.seed, tokenizer });
  console.log(`${training!.length.toLocaleString('en')} training passages; ${sizeOf(model)}.`);
  const { batchSize, peakRate, rate } = BATCH;
  const validationBatches = maskedTexts(validation!, tokenizer, { batchSize, seed: 'validation' });
  const result = await trainOnBatches(
    model,
    {
      ...{ title: 'Masked language modelling', unit: 'nats per masked token', peakRate },
      batches: () => maskedTexts(training!, tokenizer, { batchSize, seed: options.seed, rate }),
      validation: firstBatches(validationBatches, { batches: 24, of: validation!.length / batchSize }),
    },
    options,
  );
  const again = (await savedAndLoaded(model, options)) as Bert<MaskedLanguageHead>;
  const sample = test!.filter((_, index) => index % Math.ceil(test!.length / EVALUATED) === 0);
  const scores = await evaluateFillings(again, sample, Random.fromSeed('fill-mask'));
  await saveResults(options.folder, {
    ...{ data: basename(options.data[0]!), seed: options.seed, passages: training!.length, ...result },
    ...figures(scores),
  });
  for (const text of EXAMPLES) {
    const [found] = await fillMask(again, text);
    console.log(`  ${text}  ${found!.map(({ token, score }) => `${token} ${(100 * score).toFixed(0)} %`).join(', ')}`);
  }
  again.dispose();
}

function figures({ all, byClass }: FillingScores) {
  const rows = [['all masked tokens', all] as const, ...Object.entries(byClass)];
  return Object.fromEntries(
    rows.flatMap(([name, { count, first, amongFive }]) => [
      [`${name}, how many`, count],
      [`${name}, first`, first],
      [`${name}, among five`, amongFive],
    ]),
  );
}

await runRecipe(command, main);
