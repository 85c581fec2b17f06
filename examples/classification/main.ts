/** Trains a small BERT text classifier: vocabulary, pre-training, fine-tuning, evaluation. */
import { type Bert, classify } from '@sequitur/bert';
import { type EncoderRecipe, figuresOf, savedAndLoaded } from '@sequitur/example-encoders';
import { type RecipeOptions, runRecipe, saveResults } from '@sequitur/recipe';
import { accuracy, macroF1 } from '@sequitur/text';
import { type LabelledSets, readLabelledSets } from './labelled-sets.js';
import { trainClassifier } from './train-classifier.js';

const command = {
  name: 'classification',
  about: 'Trains a small BERT from scratch to classify texts: spam, or the labels of your file.',
  seconds: 900,
  data: {
    value: '<path>',
    help: 'a .csv or .tsv with texts and labels, or a folder with train, dev and test of them (default the SpamAssassin mails)',
  },
  extra: {
    columns: { value: '<names>', help: 'the column names for files without a header: label,text' },
    apart: { value: '<label>', help: 'a label that is evaluated separately, such as out of scope' },
  },
} as const;

const recipe: EncoderRecipe = {
  shape: {
    width: 128,
    depth: 2,
    heads: 4,
    contextLength: 64,
    dropout: 0.1,
    attentionDropout: 0.1,
    initializerRange: 0.08,
  },
  vocabularySize: 4000,
  preTraining: { batchSize: 64, peakRate: 2e-3, share: 0.35 },
  fineTuning: { batchSize: 32, peakRate: 1.2e-3, hidden: 0.1 },
};

async function main(options: RecipeOptions<keyof typeof command.extra>): Promise<void> {
  const { columns, apart } = options.extra;
  const sets = await readLabelledSets(options.data[0], options.seed, columns?.split(','));
  const { training, validation, test, labels } = sets;
  console.log(
    `${sets.name}: ${training.length} training texts, ${validation.length} validation texts, ${test.length} test texts; ${labels.length} labels.`,
  );
  const trained = await trainClassifier(sets, recipe, options);
  if (!trained) return;
  const model = await savedAndLoaded(trained.model, options);
  const scores = await evaluate(model, test, apart);
  const onValidation = await evaluate(model, validation);
  await saveResults(options.folder, {
    ...{ data: sets.name, texts: training.length, labels: labels.length, 'test texts': test.length },
    ...figuresOf(trained, options),
    ...scores,
    'accuracy, validation': onValidation.accuracy,
    'most frequent label': commonest(sets),
  });
  await showSome(model, sets);
  model.dispose();
}

async function evaluate(model: Bert, test: LabelledSets['test'], apart?: string) {
  const found = await classify(
    model,
    test.map(({ text }) => text),
    { batchSize: 32 },
  );
  const [guesses, wanted] = [found.map(({ label }) => label), test.map(({ label }) => label)];
  const all = { accuracy: accuracy(guesses, wanted), 'macro F1': macroF1(guesses, wanted) };
  if (apart === undefined) return all;
  const ofThose = (isAsked: (label: string) => boolean) => {
    const places = [...wanted.keys()].filter((place) => isAsked(wanted[place]!));
    return accuracy(
      places.map((place) => guesses[place]!),
      places.map((place) => wanted[place]!),
    );
  };
  return {
    ...all,
    [`accuracy without ${apart}`]: ofThose((label) => label !== apart),
    [`recall of ${apart}`]: ofThose((label) => label === apart),
  };
}

/** Accuracy of the most frequent training label. */
function commonest({ training, test, labels }: LabelledSets): number {
  const count = (texts: LabelledSets['test'], label: string) => texts.filter((text) => text.label === label).length;
  const [first] = [...labels].sort((a, b) => count(training, b) - count(training, a));
  return count(test, first!) / test.length;
}

async function showSome(model: Bert, { test }: LabelledSets): Promise<void> {
  const some = test.slice(0, 5);
  const found = await classify(
    model,
    some.map(({ text }) => text),
  );
  console.log('\nSome test texts:');
  for (const [index, { text, label }] of some.entries()) {
    const { label: guess, score } = found[index]!;
    const verdict = guess === label ? 'right' : `is ${label}`;
    console.log(`  ${guess} (${(100 * score).toFixed(0)} %, ${verdict}): ${text.slice(0, 70)}`);
  }
}

await runRecipe(command, main);
