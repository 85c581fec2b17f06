/** From dialogues to a small model that answers, and a chat with it or with any other in the terminal. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SequiturError } from '@sequitur/core';
import { Gpt, type SayOptions } from '@sequitur/gpt';
import { type RecipeOptions, runRecipe, saveResults, shortPath, splitByHash, startedIn } from '@sequitur/recipe';
import { type Dialogue, readDialogues } from './dialogues.js';
import { answerOf, evaluate } from './evaluate.js';
import { talk } from './talk.js';
import { type ChatRecipe, trainChat } from './train-chat.js';
import { spokenWords, wordDialogues } from './word-dialogues.js';

const command = {
  name: 'chat',
  about: 'Trains a small language model on dialogues and talks with it here; or talks with any chat model you have.',
  seconds: 600,
  data: {
    value: '<file>',
    help: 'dialogues, one {"messages": [...]} a line (default talk about how words are pronounced, from the CMU dictionary)',
  },
  extra: {
    model: {
      value: '<folder>',
      help: 'talk with this model, a Hugging Face folder with a chat template; nothing is trained',
    },
    temperature: { value: '<n>', help: 'how freely it chooses its words, 0 (the default) to about 1' },
    silent: { help: 'train and evaluate only' },
  },
} as const;

type ChatOptions = RecipeOptions<'model' | 'temperature' | 'silent'>;

const recipe: ChatRecipe = {
  shape: { width: 128, depth: 4, heads: 4, hiddenWidth: 384, contextLength: 256 },
  vocabularySize: 384,
  batchSize: 16,
  peakRate: 2e-3,
};

/** Dialogues that are made up of the dictionary. */
const COUNT = 20_000;

async function main(options: ChatOptions): Promise<void> {
  const folder = givenModel(options) ?? (await trained(options));
  if (folder === null || options.extra.silent !== undefined) return;
  const model = await Gpt.fromPretrained(folder);
  try {
    await talk(model, sayOptions(options));
  } finally {
    model.dispose();
  }
}

/** A folder of this machine, or the name of a repository. */
function givenModel({ extra: { model } }: ChatOptions): string | null {
  if (model === undefined) return null;
  const folder = resolve(startedIn, model);
  return existsSync(folder) ? folder : model;
}

/** The folder of a model that was trained and evaluated, or null where that was interrupted. */
async function trained(options: ChatOptions): Promise<string | null> {
  const [file] = options.data;
  const words = spokenWords(options.seed);
  const dialogues = file ? await readDialogues(file) : wordDialogues(words.training, COUNT, options.seed);
  const sets = parted(dialogues);
  console.log(`${sets.training.length} dialogues to learn from, ${sets.validation.length} to watch.`);
  const learnt = await trainChat(sets, recipe, options);
  if (learnt.interrupted) return null;
  const folder = join(options.folder, 'model');
  const model = await Gpt.fromPretrained(folder);
  const scores = file ? null : await evaluate(model, words.test.slice(0, 200));
  await saveResults(options.folder, {
    ...{ data: file ? shortPath(file) : 'talk about words of the CMU dictionary', dialogues: sets.training.length },
    ...{ parameters: learnt.parameters, steps: learnt.steps, minutes: learnt.minutes, seed: options.seed },
    ...{ 'validation loss': learnt.validationLoss },
    ...(scores && {
      'error of sounds, unread words': scores.soundErrorRate,
      'whole words right': scores.wordAccuracy,
      'syllables right, by memory': scores.syllableAccuracy,
    }),
  });
  await showOne(model, sets.validation[0]!);
  model.dispose();
  console.log(`\nSaved as a Hugging Face folder: ${shortPath(folder)}`);
  return folder;
}

function parted(dialogues: readonly Dialogue[]) {
  const shares = { validation: 0.02, test: 0 };
  const { training, validation } = splitByHash(dialogues, (dialogue) => JSON.stringify(dialogue), shares);
  return validation.length > 0
    ? { training, validation }
    : { training: training.slice(1), validation: training.slice(0, 1) };
}

async function showOne(model: Gpt, dialogue: Dialogue): Promise<void> {
  const conversation = model.chat();
  console.log('\nA dialogue that it has not read, answered by it:');
  for (const { content } of dialogue.filter(({ role }) => role === 'user')) {
    console.log(`  You: ${content}\n  Model: ${await answerOf(conversation, content)}`);
  }
  conversation.dispose();
}

function sayOptions({ extra, seed }: ChatOptions): SayOptions {
  const temperature = Number(extra.temperature ?? 0);
  if (temperature >= 0) return { maxTokens: 256, ...(temperature > 0 && { temperature, seed }) };
  throw new SequiturError({
    where: 'npm run chat',
    expected: '--temperature with a number, 0 or more',
    got: `${extra.temperature}`,
  });
}

await runRecipe(command, main);
