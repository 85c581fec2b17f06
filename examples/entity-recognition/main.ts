/** Trains a small BERT for named entity recognition. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Bert, recognizeEntities } from '@sequitur/bert';
import { figuresOf, savedAndLoaded } from '@sequitur/example-encoders';
import { type RecipeOptions, runRecipe, saveResults, shortPath, startedIn } from '@sequitur/recipe';
import { type EntityScores, entityScores } from '@sequitur/text';
import { readTaggedSets, type TaggedSets } from './tagged-sets.js';
import { type RecognizerRecipe, trainRecognizer } from './train-recognizer.js';
import { tagsOfEntities, written } from './words-of-tokens.js';

const command = {
  name: 'entity-recognition',
  about: 'Trains a small BERT from scratch for named entity recognition.',
  seconds: 900,
  data: { value: '<folder>', help: 'folder with train, dev and test files in CoNLL format (required)' },
  extra: { corpus: { value: '<file>', help: 'another text for pre-training, one paragraph per line' } },
} as const;

const recipe: RecognizerRecipe = {
  shape: {
    width: 64,
    depth: 2,
    heads: 4,
    contextLength: 128,
    dropout: 0.2,
    attentionDropout: 0.1,
    initializerRange: 0.08,
  },
  vocabularySize: 4000,
  preTraining: { batchSize: 32, peakRate: 1.5e-3, share: 0.1 },
  fineTuning: { batchSize: 16, peakRate: 2e-3, hidden: 0.05 },
  names: { renewed: 0.3, recased: 0.1, weight: 0.2 },
};

async function main(options: RecipeOptions<'corpus'>): Promise<void> {
  const sets = await readTaggedSets(options.data[0], options.seed);
  const { training, validation, test, tags } = sets;
  console.log(
    `${training.length} training sentences, ${validation.length} validation sentences, ${test.length} test sentences; ${(tags.length - 1) / 2} entity types.`,
  );
  const trained = await trainRecognizer(sets, await readParagraphs(options.extra.corpus), recipe, options);
  if (!trained) return;
  const model = await savedAndLoaded(trained.model, options);
  const onValidation = await evaluate(model, validation);
  const scores = await evaluate(model, test);
  const bySource: Record<string, number> = {};
  for (const { name, sentences } of sets.tests.length > 1 ? sets.tests : []) {
    bySource[`entity F1, ${name}`] = (await evaluate(model, sentences)).micro.f1;
  }
  await saveResults(options.folder, {
    ...{ data: shortPath(options.data[0]!), sentences: training.length, 'test sentences': test.length },
    ...figuresOf(trained, options),
    ...{ 'entity F1': scores.micro.f1, precision: scores.micro.precision, recall: scores.micro.recall },
    'entity F1, validation': onValidation.micro.f1,
    ...bySource,
  });
  for (const [type, { f1, support }] of Object.entries(scores.byType)) {
    console.log(`  ${type}: F1 ${f1.toFixed(3)} of ${support}`);
  }
  model.dispose();
}

async function evaluate(model: Bert, sentences: TaggedSets['test']): Promise<EntityScores> {
  const texts = sentences.map(written);
  const found = await recognizeEntities(
    model,
    texts.map(({ text }) => text),
    { batchSize: 16 },
  );
  console.log('\nExamples:');
  for (const [index, entities] of [...found.entries()].filter(([, entities]) => entities.length > 0).slice(0, 5)) {
    console.log(`  ${entities.map(({ text, type }) => `${text} (${type})`).join(', ')} in: ${texts[index]!.text}`);
  }
  return entityScores(
    found.map((entities, index) => tagsOfEntities(entities, texts[index]!)),
    sentences.map(({ tags }) => tags),
  );
}

async function readParagraphs(file: string | undefined): Promise<string[]> {
  if (file === undefined) return [];
  const text = await readFile(resolve(startedIn, file), 'utf8');
  return text.split('\n').filter((line) => line.trim().length > 20);
}

await runRecipe(command, main);
