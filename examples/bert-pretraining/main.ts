/** Pre-trains a BERT on unlabelled texts and measures the gain for classification with few labels. */
import { join } from 'node:path';
import { Bert } from '@sequitur/bert';
import { parameterCount, SequiturError } from '@sequitur/core';
import { encodeExamples } from '@sequitur/example-classification/labelled-batches.js';
import { type LabelledSets, readLabelledSets } from '@sequitur/example-classification/labelled-sets.js';
import { type RecipeOptions, runRecipe, saveResults, shareOf, shortPath } from '@sequitur/recipe';
import { trainWordPieceTokenizer } from '@sequitur/text';
import { type Comparison, fineTuned, type Start } from './compare.js';
import { documentsOf } from './documents.js';
import { preTrainOnDocuments } from './pre-train-on-documents.js';
import { spreadOf, winsOf } from './spread.js';

const command = {
  name: 'bert-pretraining',
  about:
    'Pre-trains a small BERT on unlabelled texts, fine-tunes it with few labels, and compares it with the same model from scratch.',
  seconds: 1500,
  data: {
    value: '<path>',
    help: 'labelled texts, a .csv or .tsv, or a folder of train, dev and test (default the SpamAssassin mails)',
  },
  extra: {
    corpus: {
      value: '<file>',
      help: 'documents for pre-training, separated by empty lines (default the labelled texts)',
    },
    labelled: { value: '<n>', help: 'number of labelled texts for fine-tuning (default 50)' },
  },
} as const;

const shape = {
  width: 128,
  depth: 2,
  heads: 4,
  contextLength: 64,
  dropout: 0.1,
  attentionDropout: 0.1,
  initializerRange: 0.08,
};
const preTraining = { batchSize: 32, peakRate: 1.5e-3, share: 0.6 };
const fineTuning = { batchSize: 16, peakRate: 5e-4, seeds: 5 };

async function main(options: RecipeOptions<'corpus' | 'labelled'>): Promise<void> {
  const labelled = countOf(options.extra.labelled ?? '50');
  const sets = await readLabelledSets(options.data[0], options.seed);
  const { documents, heldOut } = await documentsOf(sets, options.extra.corpus);
  const tokenizer = await trainWordPieceTokenizer(documents.flat(), { vocabularySize: 4000 });
  const config = { modelType: 'bert', vocabularySize: tokenizer.vocabularySize, ...shape };
  const preTrained = await preTrainOnDocuments(
    { config, tokenizer, documents, heldOut, ...preTraining },
    { ...options, limit: shareOf(options.limit, preTraining.share) },
  );
  if (!preTrained) return;
  const encode = (texts: LabelledSets['training']) =>
    encodeExamples(texts, { tokenizer, labels: sets.labels, length: shape.contextLength });
  const few = sets.training.slice(0, labelled);
  const accuracies = await compare(
    {
      ...{ config, tokenizer, pretrained: preTrained.folder, labels: sets.labels, test: sets.test },
      ...{ training: encode(few), validation: encode(sets.validation.slice(0, 200)), ...fineTuning },
    },
    options,
  );
  if (!accuracies) return;
  const model = await Bert.fromPretrained(preTrained.folder);
  await saveResults(options.folder, {
    ...{ data: sets.name, documents: documents.length, labelled: few.length, 'test texts': sets.test.length },
    ...{ parameters: parameterCount(model), seed: options.seed, runs: fineTuning.seeds },
    ...{ 'steps of pre-training': preTrained.steps, 'minutes of pre-training': preTrained.minutes },
    ...describe('pretrained', accuracies.pretrained),
    ...describe('scratch', accuracies.scratch),
    'runs in which pre-training wins': winsOf(accuracies.pretrained, accuracies.scratch),
  });
  model.dispose();
  console.log(`\nThe pre-trained model, a Hugging Face folder: ${shortPath(preTrained.folder)}`);
}

function countOf(labelled: string): number {
  const count = Number(labelled);
  if (Number.isInteger(count) && count >= 10) return count;
  throw new SequiturError({
    where: 'npm run bert-pretraining',
    expected: '--labelled with a whole number, 10 or more',
    got: labelled,
  });
}

type Accuracies = Readonly<Record<Start, readonly number[]>>;

/**
 * Both starts with several seeds, which determine the head, the order of the texts and dropout; from scratch also the
 * weights.
 */
async function compare(comparison: Comparison, options: RecipeOptions<string>): Promise<Accuracies | null> {
  const found: Record<Start, number[]> = { pretrained: [], scratch: [] };
  const limit = shareOf(options.limit, (1 - preTraining.share) / (2 * fineTuning.seeds));
  for (let run = 1; run <= fineTuning.seeds; run++) {
    for (const start of ['pretrained', 'scratch'] as const) {
      const folder = join(options.folder, 'fine-tuning', `${comparison.training.length} texts`, `${start}-${run}`);
      const accuracy = await fineTuned(start, comparison, {
        ...options,
        limit,
        folder,
        seed: `${options.seed}.${run}`,
      });
      if (accuracy === null) return null;
      console.log(`${start}, run ${run}: accuracy ${accuracy.toFixed(4)}`);
      found[start].push(accuracy);
    }
  }
  return found;
}

function describe(start: Start, accuracies: readonly number[]) {
  const { mean, deviation } = spreadOf(accuracies);
  return {
    [`accuracy, ${start}`]: mean,
    [`deviation of the runs, ${start}`]: deviation,
    [`of each run, ${start}`]: accuracies.map((accuracy) => accuracy.toFixed(4)).join(', '),
  };
}

await runRecipe(command, main);
