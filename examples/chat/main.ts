/** Trains a small chat model on dialogues, and chats with it or with any other model in the terminal. */
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
  about: 'Trains a small language model on dialogues and chats with it in the terminal, or with any other chat model.',
  seconds: 600,
  data: {
    value: '<file>',
    help: 'dialogues, one {"messages": [...]} per line (default questions about pronunciation, from the CMU dictionary)',
  },
  extra: {
    model: {
      value: '<folder>',
      help: 'chat with this model, a Hugging Face folder with a chat template, without training',
    },
    temperature: { value: '<n>', help: 'sampling temperature; 0 (default) is greedy' },
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

/** Number of dialogues generated from the dictionary. */
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

/** A local folder, or the name of a repository. */
function givenModel({ extra: { model } }: ChatOptions): string | null {
  if (model === undefined) return null;
  const folder = resolve(startedIn, model);
  return existsSync(folder) ? folder : model;
}

/** Folder of the trained model, or null if the run was interrupted. */
async function trained(options: ChatOptions): Promise<string | null> {
  const [file] = options.data;
  const words = spokenWords(options.seed);
  const dialogues = file ? await readDialogues(file) : wordDialogues(words.training, COUNT, options.seed);
  const sets = parted(dialogues);
  console.log(`${sets.training.length} dialogues for training, ${sets.validation.length} for validation.`);
  const result = await trainChat(sets, recipe, options);
  if (result.interrupted) return null;
  const folder = join(options.folder, 'model');
  const model = await Gpt.fromPretrained(folder);
  const scores = file ? null : await evaluate(model, words.test.slice(0, 200));
  await saveResults(options.folder, {
    ...{ data: file ? shortPath(file) : 'talk about words of the CMU dictionary', dialogues: sets.training.length },
    ...{ parameters: result.parameters, steps: result.steps, minutes: result.minutes, seed: options.seed },
    ...{ 'validation loss': result.validationLoss },
    ...(scores && {
      'sound error, held-out words': scores.soundErrorRate,
      'word accuracy': scores.wordAccuracy,
      'syllable accuracy': scores.syllableAccuracy,
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
  console.log("\nA held-out dialogue with the model's answers:");
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
    expected: '--temperature with a number of at least 0',
    got: `${extra.temperature}`,
  });
}

await runRecipe(command, main);
