import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, Random } from '@sequitur/core';
import { intentOf, understand } from '@sequitur/models';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCommands } from '../commands.js';
import { trainOnCommands } from '../train-on-commands.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'intents-'));
  await openBackend(['wasm', 'cpu']);
});
afterAll(() => rm(folder, { recursive: true }));

const PLACES = ['rome', 'oslo', 'lima', 'cairo', 'quito', 'delhi'];
const SINGERS = ['ann', 'bob', 'eve', 'tom', 'sue', 'max'];

/** Generated commands of two intents, as lines of a file. */
function commands(count: number, seed: string): string {
  const random = Random.fromSeed(seed);
  const any = (words: readonly string[]) => words[random.integer(words.length)]!;
  const lines = Array.from({ length: count }, (_, index) =>
    index % 2
      ? `Play\tplay a song by ${any(SINGERS)}\tO O O O B-singer`
      : `Weather\twill it rain in ${any(PLACES)}\tO O O O B-place`,
  );
  return lines.map((line) => `${line}\n`).join('');
}

it('reads commands, and lists O, the tags and the intents', async () => {
  await writeFile(join(folder, 'train.tsv'), commands(64, 'training'));
  await writeFile(join(folder, 'valid.tsv'), commands(10, 'validation'));
  await writeFile(join(folder, 'test.tsv'), commands(10, 'test'));
  const { training, labels } = await readCommands(folder);
  expect(labels).toEqual(['O', 'B-place', 'B-singer', 'intent:Play', 'intent:Weather']);
  expect(training[1]).toMatchObject({ intent: 'intent:Play', tags: ['O', 'O', 'O', 'O', 'B-singer'] });
  expect(labels.map(intentOf)).toEqual([undefined, undefined, undefined, 'Play', 'Weather']);
});

it('refuses a line whose words and tags differ in number', async () => {
  const bad = join(folder, 'bad');
  await mkdir(bad);
  for (const name of ['train.tsv', 'valid.tsv', 'test.tsv']) await writeFile(join(bad, name), 'Play\tplay it\tO\n');
  await expect(readCommands(bad)).rejects.toThrow(/train\.tsv, line 1/);
});

it('learns both intents and slots', async () => {
  const recipe = {
    shape: {
      width: 32,
      depth: 1,
      heads: 2,
      contextLength: 16,
      dropout: 0,
      attentionDropout: 0,
      initializerRange: 0.08,
    },
    vocabularySize: 120,
    preTraining: { batchSize: 16, peakRate: 5e-3, share: 0.1 },
    fineTuning: { batchSize: 16, peakRate: 1e-2, hidden: 0 },
    names: { renewed: 0.2, recased: 0, weight: 0 },
  };
  const options = { limit: { steps: 60 }, folder: join(folder, 'run'), seed: '1', resume: false };
  const { model } = (await trainOnCommands(await readCommands(folder), recipe, options))!;
  const [first, second] = await understand(model, ['will it rain in lima', 'play a song by eve']);
  model.dispose();
  expect(first).toMatchObject({ intent: 'Weather', slots: [{ type: 'place', text: 'lima' }] });
  expect(second).toMatchObject({ intent: 'Play', slots: [{ type: 'singer', text: 'eve' }] });
  expect(first!.score).toBeGreaterThan(0.5);
});
