/** Trains a character language model of a book, generates with it, and saves it as a Hugging Face folder. */
import { resolve } from 'node:path';
import { parameterCount } from '@sequitur/core';
import { badFile, type RecipeOptions, runRecipe, runTraining, shortPath, startedIn } from '@sequitur/recipe';
import { CharacterTokenizer, consecutiveWindows, randomWindows, type WindowBatch } from '@sequitur/text';
import { adamW, evaluate, nextTokenLoss, warmUpThenCosine } from '@sequitur/train';
import { architectures, type CharacterArchitecture, CONTEXT, type Writer } from './architectures.js';
import { readBook } from './book.js';

const PROMPT = 'Call me Ishmael. ';

const command = {
  name: 'character-gpt',
  about: 'Trains a small character GPT on a book, generates with it, saves it and loads it again.',
  seconds: 60,
  extra: {
    architecture: { value: '<name>', help: 'gpt, or mamba of equal parameter count (default gpt)' },
    text: { value: '<file>', help: 'a text file (default Moby-Dick)' },
  },
} as const;

type Options = RecipeOptions<keyof typeof command.extra>;

async function main(options: Options): Promise<void> {
  const { seed, folder, extra } = options;
  const architecture = architectureOf(extra.architecture);
  const text = await readBook(extra.text === undefined ? undefined : resolve(startedIn, extra.text));
  const tokenizer = CharacterTokenizer.fromText(text);
  const [training, validation] = split(tokenizer.encode(text), 0.9);
  const model = architecture.create({ seed, tokenizer });
  console.log(`The book: ${text.length.toLocaleString('en')} characters, ${tokenizer.vocabularySize} distinct.`);
  console.log(`The model: ${architecture.shape}: ${parameterCount(model).toLocaleString('en')} parameters.`);
  await write('Before training', model, seed);

  const heldOut = [...consecutiveWindows(validation, WINDOW)];
  await runTraining(model, taskOf(training, heldOut, seed), options);
  const loss = await evaluate(model, heldOut);
  const chance = Math.log(model.vocabularySize).toFixed(3);
  console.log(`\nValidation loss ${loss.toFixed(3)} nats per character (chance level: ${chance}).`);
  await write('After training', model, seed);

  await model.savePretrained(folder);
  model.dispose();
  console.log(`\nSaved as a Hugging Face folder: ${shortPath(folder)}`);
  const again = await architecture.load(folder);
  await write('Loaded again', again, `${seed} again`);
  again.dispose();
  suggest(shortPath(folder), architecture);
}

const WINDOW = { length: CONTEXT, batchSize: 12 };

/**
 * The recipe of nanoGPT's character model for small machines: AdamW, gradient clipping at 1, a warm-up, then a cosine.
 * The learning rate is twice nanoGPT's (2e-3), or three times for short runs, which suits such a small model.
 */
function taskOf(training: Int32Array, heldOut: readonly WindowBatch[], seed: string) {
  return {
    ...{ title: 'A character model', unit: 'nats per character', loss: nextTokenLoss },
    data: () => randomWindows(training, { ...WINDOW, seed }),
    // An eighth of the held-out text selects the best model; all of it is evaluated at the end.
    validation: heldOut.filter((_, index) => index % 8 === 0),
    optimizer: (steps: number) =>
      adamW({
        learningRate: warmUpThenCosine({
          ...{ peak: steps < 1000 ? 3e-3 : 2e-3, lowest: 2e-4, steps },
          warmUp: Math.min(100, Math.ceil(steps / 10)),
        }),
        ...{ beta2: 0.99, weightDecay: 0.1 },
      }),
  };
}

function architectureOf(name = 'gpt'): CharacterArchitecture {
  if (Object.hasOwn(architectures, name)) return architectures[name as keyof typeof architectures];
  throw badFile('npm run character-gpt, --architecture', `one of ${Object.keys(architectures).join(', ')}`, name);
}

function split(tokens: readonly number[], share: number): [Int32Array, Int32Array] {
  const all = Int32Array.from(tokens);
  const border = Math.floor(all.length * share);
  return [all.subarray(0, border), all.subarray(border)];
}

async function write(title: string, model: Writer, seed: string): Promise<void> {
  process.stdout.write(`\n${title}, continued after "${PROMPT}":\n  `);
  const pieces = model.complete(PROMPT, { maxTokens: 240, temperature: 0.8, seed, whenFull: 'slide' });
  for await (const piece of pieces) process.stdout.write(piece.replaceAll('\n', '\n  '));
  process.stdout.write('\n');
}

function suggest(folder: string, { python }: CharacterArchitecture): void {
  console.log(`
Next steps
  npm run character-gpt -- --seconds 300      train longer: spelling improves first, then grammar
  npm run character-gpt -- --backend cpu      the same on plain JavaScript, to compare speed
  In Python:  ${python}.from_pretrained("${folder}")`);
}

await runRecipe(command, main);
