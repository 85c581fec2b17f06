/** Trains a small BERT for intents and slots. */
import { basename } from 'node:path';
import type { Bert } from '@sequitur/bert';
import { figuresOf, savedAndLoaded } from '@sequitur/example-encoders';
import { type RecognizerRecipe, tagsOfEntities, written } from '@sequitur/example-entity-recognition';
import { intentOf, type Understood, understand } from '@sequitur/models';
import { badFile, type RecipeOptions, runRecipe, saveResults } from '@sequitur/recipe';
import { entityScores } from '@sequitur/text';
import { readCommands, type SpokenCommand } from './commands.js';
import { trainOnCommands } from './train-on-commands.js';

const command = {
  name: 'intents',
  about: 'Trains a small BERT from scratch to find the intent and the slots of a sentence.',
  seconds: 900,
  data: {
    value: '<folder>',
    help: 'train.tsv, valid.tsv, test.tsv (or .gz): intent, words and BIO tags, tabs between',
  },
} as const;

const recipe: RecognizerRecipe = {
  shape: {
    ...{ width: 128, depth: 2, heads: 4, contextLength: 64 },
    ...{ dropout: 0.15, attentionDropout: 0.1, initializerRange: 0.08 },
  },
  vocabularySize: 3000,
  preTraining: { batchSize: 32, peakRate: 1.5e-3, share: 0.15 },
  fineTuning: { batchSize: 32, peakRate: 1.5e-3, hidden: 0.05 },
  names: { renewed: 0.3, recased: 0, weight: 0 },
};

async function main(options: RecipeOptions): Promise<void> {
  if (options.data.length !== 1) throw badFile('npm run intents, --data', 'one folder', `${options.data.length}`);
  const sets = await readCommands(options.data[0]!);
  const { training, validation, test, labels } = sets;
  const intents = labels.filter((label) => intentOf(label) !== undefined).length;
  console.log(
    `${training.length} training commands, ${validation.length} validation commands, ${test.length} test commands; ${intents} intents.`,
  );
  const trained = await trainOnCommands(sets, recipe, options);
  if (!trained) return;
  const model = await savedAndLoaded(trained.model, options);
  const onValidation = await evaluate(model, validation);
  await saveResults(options.folder, {
    ...{ data: basename(options.data[0]!), commands: training.length, 'test commands': test.length },
    ...figuresOf(trained, options),
    ...(await evaluate(model, test)),
    'slot F1, validation': onValidation['slot F1'],
  });
  await showSome(model, test);
  model.dispose();
}

async function evaluate(model: Bert, commands: readonly SpokenCommand[]) {
  const texts = commands.map(written);
  const found = await understandAll(
    model,
    texts.map(({ text }) => text),
  );
  const tags = found.map(({ slots }, index) => tagsOfEntities(slots, texts[index]!));
  const isRight = commands.map(({ intent }, index) => found[index]!.intent === intentOf(intent));
  const isWhole = commands.map((each, index) => isRight[index] && tags[index]!.join() === each.tags.join());
  const slots = entityScores(
    tags,
    commands.map((each) => each.tags),
  );
  return {
    'intent accuracy': isRight.filter(Boolean).length / commands.length,
    'slot F1': slots.micro.f1,
    'commands wholly right': isWhole.filter(Boolean).length / commands.length,
  };
}

/** Applies the model in batches. */
async function understandAll(model: Bert, texts: readonly string[], batchSize = 32): Promise<Understood[]> {
  const found: Understood[] = [];
  for (let start = 0; start < texts.length; start += batchSize) {
    found.push(...(await understand(model, texts.slice(start, start + batchSize))));
  }
  return found;
}

async function showSome(model: Bert, test: readonly SpokenCommand[]): Promise<void> {
  const texts = test.filter((_, index) => index % Math.ceil(test.length / 8) === 0).map((each) => written(each).text);
  for (const [index, { intent, slots }] of (await understand(model, texts)).entries()) {
    console.log(`\n  ${texts[index]}\n    ${intent}: ${slots.map(({ type, text }) => `${type} = ${text}`).join(', ')}`);
  }
}

await runRecipe(command, main);
