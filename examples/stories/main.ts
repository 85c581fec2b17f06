/** Trains a small language model on stories, evaluates it in bits per byte, and generates stories. */
import { openBackend, parameterCount } from '@sequitur/core';
import { badFile, type RecipeOptions, runRecipe, runTraining, savedAs, saveResults, shortPath } from '@sequitur/recipe';
import { completeText, joinDocuments, type Tokenizer, trainByteLevelTokenizer } from '@sequitur/text';
import { architectures, type StoryArchitecture, type StoryModel, type StorySize, sizes } from './architectures.js';
import { bitsPerByte } from './bits-per-byte.js';
import { readStories } from './stories.js';
import { storyTask } from './story-task.js';

const command = {
  name: 'stories',
  about: 'Trains a small language model on stories, evaluates it in bits per byte, and generates stories.',
  seconds: 1800,
  data: {
    value: '<folder>',
    help: 'train.jsonl, valid.jsonl and test.jsonl (or .jsonl.gz): {"title", "text"} per line',
  },
  extra: {
    architecture: { value: '<name>', help: 'gpt, mamba, or hybrid, of equal parameter count (default gpt)' },
    size: { value: '<name>', help: 'small, of about 1.1 million parameters, or medium, of 2.6 (default small)' },
    rate: { value: '<number>', help: 'peak learning rate (default 0.004)' },
  },
} as const;

type Options = RecipeOptions<keyof typeof command.extra>;

const TITLES = ['The Fox and the Well', 'The Princess Who Could Not Sleep', 'A Boy and His Kite'];

await runRecipe(command, async (options: Options) => {
  const { data, extra, folder, seed } = options;
  if (data.length !== 1) throw badFile('npm run stories, --data', 'one folder', `${data.length}`);
  const architecture = architectureOf(extra.architecture);
  const size = sizeOf(extra.size);
  const stories = await readStories(data[0]!);
  const tokenizer = await trainByteLevelTokenizer(stories.training, { vocabularySize: size.vocabulary });
  const [training, validation, test] = [stories.training, stories.validation, stories.test].map((texts) =>
    tokensOf(texts, tokenizer),
  );
  const model: StoryModel = architecture.create(size, tokenizer, seed);
  console.log(
    `${training!.length.toLocaleString('en')} training tokens, ${test!.length.toLocaleString('en')} test tokens.`,
  );
  console.log(`The model: ${architecture.shape(size)}: ${parameterCount(model).toLocaleString('en')} parameters.`);
  const peak = Number(extra.rate ?? 4e-3);
  const task = storyTask({ training: training!, validation: validation!, peak, seed });
  const result = await runTraining(model, task, options);
  await model.savePretrained(folder, savedAs(options));
  model.dispose();
  console.log(`Saved as a Hugging Face folder: ${shortPath(folder)}`);
  const again: StoryModel = await architecture.load(folder);
  const bits = await bitsPerByte(again, test!, byteLength(stories.test));
  for (const title of TITLES) await write(again, title, seed);
  again.dispose();
  const { name: backend } = await openBackend(options.backend);
  await saveResults(folder, {
    ...{ architecture: architecture.shape(size), seed, backend, peak, 'tokens to learn from': training!.length },
    ...result,
    'bits per byte, held out': bits,
  });
});

function architectureOf(name = 'gpt'): StoryArchitecture {
  if (Object.hasOwn(architectures, name)) return architectures[name as keyof typeof architectures];
  throw badFile('npm run stories, --architecture', `one of ${Object.keys(architectures).join(', ')}`, name);
}

function sizeOf(name = 'small'): StorySize {
  if (Object.hasOwn(sizes, name)) return sizes[name as keyof typeof sizes];
  throw badFile('npm run stories, --size', `one of ${Object.keys(sizes).join(', ')}`, name);
}

function tokensOf(stories: readonly string[], tokenizer: Tokenizer): Int32Array {
  const end = tokenizer.tokenToId(tokenizer.specialTokens.end!)!;
  return joinDocuments(
    stories.map((story) => tokenizer.encode(story)),
    end,
  );
}

function byteLength(stories: readonly string[]): number {
  return stories.reduce((sum, story) => sum + Buffer.byteLength(story), 0);
}

async function write(model: StoryModel, title: string, seed: string): Promise<void> {
  process.stdout.write(`\n${title}\n\n`);
  const { tokenizer } = model;
  const end = tokenizer!.tokenToId(tokenizer!.specialTokens.end!)!;
  const pieces = completeText({ model, tokenizer, endTokens: [end] }, `${title}\n\n`, {
    ...{ maxTokens: 120, temperature: 0.7, topP: 0.95, seed, whenFull: 'slide' },
  });
  for await (const piece of pieces) process.stdout.write(piece);
  process.stdout.write('\n');
}
