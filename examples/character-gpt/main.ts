/** The first main job: from a book to a model that writes like it, saved as a Hugging Face folder. */
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Backend, openBackend, parameterCount, SequiturError } from '@sequitur/core';
import { CharacterTokenizer, consecutiveWindows, randomWindows } from '@sequitur/text';
import { evaluate } from '@sequitur/train';
import { architectures, type CharacterArchitecture, CONTEXT, type Writer } from './architectures.js';
import { readBook } from './book.js';
import { drawLearningCurve } from './learning-curve.js';
import { HELP, type Options, readOptions } from './options.js';
import { type Data, trainFor } from './train-for.js';
import { trainSteps } from './train-steps.js';

const PROMPT = 'Call me Ishmael. ';
const startedIn = process.env.INIT_CWD ?? process.cwd();

async function main(options: Options): Promise<void> {
  const backend = await openBackend(options.backend ?? ['webgpu', 'wasm', 'cpu']);
  describeBackend(backend);
  const text = await readBook(options.text);
  const tokenizer = CharacterTokenizer.fromText(text);
  const [training, validation] = split(tokenizer.encode(text), 0.9);
  const architecture: CharacterArchitecture = architectures[options.architecture];
  const model = architecture.create({ seed: options.seed, tokenizer });
  console.log(`The book: ${text.length.toLocaleString('en')} characters, ${tokenizer.vocabularySize} different ones.`);
  console.log(`The model: ${architecture.shape}: ${parameterCount(model).toLocaleString('en')} parameters.`);
  await write('Before training', model, options.seed);

  const window = { length: CONTEXT, batchSize: 12 };
  const all = [...consecutiveWindows(validation, window)];
  const heldOut = all.filter((_, index) => index % 8 === 0);
  await learn(model, options, {
    data: randomWindows(training, { ...window, seed: options.seed }),
    validation: heldOut,
  });
  const loss = await evaluate(model, options.steps === undefined ? heldOut : all);
  console.log(
    `\nValidation loss ${loss.toFixed(3)} nats per character (${Math.log(model.vocabularySize).toFixed(3)} is chance).`,
  );
  await write('After training', model, options.seed);

  await model.savePretrained(options.folder);
  model.dispose();
  console.log(`\nSaved as a Hugging Face folder: ${relative(startedIn, options.folder) || '.'}`);
  const again = await architecture.load(options.folder);
  await write('Loaded back from there', again, `${options.seed} again`);
  again.dispose();
  suggest(options, architecture);
}

/** For a time, or for a number of steps with a learning curve. */
async function learn(model: Writer, { steps, seconds, folder, architecture }: Options, data: Data): Promise<void> {
  if (steps === undefined) return trainFor(model, seconds, data);
  const curve = await trainSteps(model, steps, data);
  await mkdir(folder, { recursive: true });
  const picture = join(folder, 'learning-curve.svg');
  await drawLearningCurve(curve, picture, `Characters by ${architecture}, ${steps} steps`);
  console.log(`\nThe learning curve: ${relative(startedIn, picture)}`);
}

function describeBackend({ name, capabilities }: Backend): void {
  const found = Object.entries(capabilities).map(([what, { detail }]) => `${what}: ${detail}`);
  console.log(`Backend: ${name} (${found.join('; ')})`);
}

function split(tokens: readonly number[], share: number): [Int32Array, Int32Array] {
  const all = Int32Array.from(tokens);
  const border = Math.floor(all.length * share);
  return [all.subarray(0, border), all.subarray(border)];
}

async function write(title: string, model: Writer, seed: string): Promise<void> {
  process.stdout.write(`\n${title}, it goes on after "${PROMPT}":\n  `);
  const pieces = model.complete(PROMPT, { maxTokens: 240, temperature: 0.8, seed, whenFull: 'slide' });
  for await (const piece of pieces) process.stdout.write(piece.replaceAll('\n', '\n  '));
  process.stdout.write('\n');
}

function suggest({ seconds, folder }: Options, { python }: CharacterArchitecture): void {
  const shown = relative(startedIn, folder) || '.';
  console.log(`
What to try next
  npm run character-gpt -- --seconds ${Math.round(seconds * 5)}      train longer: the spelling settles first, then the grammar
  npm run character-gpt -- --backend cpu      the same on plain JavaScript, to see what the kernels are worth
  In Python:  ${python}.from_pretrained("${shown}")`);
}

try {
  const options = readOptions(process.argv.slice(2), startedIn);
  if (options.help) process.stdout.write(HELP);
  else await main(options);
} catch (error) {
  // Our own errors say all there is to say; anything else is a fault of ours and keeps its trace.
  console.error(error instanceof SequiturError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
