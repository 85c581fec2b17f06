import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, Random } from '@sequitur/core';
import { encodeExamples } from '@sequitur/example-classification/labelled-batches.js';
import { trainWordPieceTokenizer } from '@sequitur/text';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fineTuned } from '../compare.js';
import { readDocuments } from '../documents.js';
import { preTrainOnDocuments } from '../pre-train-on-documents.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pretraining-'));
});
afterAll(() => rm(folder, { recursive: true }));

const WORLDS = {
  sea: ['whale', 'ship', 'wave', 'sail', 'fish', 'deck'],
  sky: ['bird', 'cloud', 'star', 'moon', 'wind', 'sun'],
};
type World = keyof typeof WORLDS;

/** Texts of one topic each, whose words therefore predict one another. */
function texts(count: number, seed: string) {
  const random = Random.fromSeed(seed);
  const any = (words: readonly string[]) => words[random.integer(words.length)]!;
  return Array.from({ length: count }, (_, index) => {
    const label: World = index % 2 ? 'sea' : 'sky';
    const sentence = () => `the ${any(WORLDS[label])} and the ${any(WORLDS[label])} .`;
    return { sentences: [sentence(), sentence(), sentence()], label };
  });
}

it('predicts better than chance, and then needs few labels', async () => {
  await openBackend(['wasm', 'cpu']);
  const [documents, heldOut, test] = [texts(120, 'a'), texts(20, 'b'), texts(40, 'c')];
  const tokenizer = await trainWordPieceTokenizer(
    documents.flatMap(({ sentences }) => sentences),
    { vocabularySize: 100 },
  );
  const shape = { width: 32, depth: 1, heads: 2, contextLength: 24, dropout: 0.1, initializerRange: 0.15 };
  const config = { modelType: 'bert', vocabularySize: tokenizer.vocabularySize, ...shape };
  const options = { folder, seed: '1', resume: false };
  const sentences = (all: typeof documents) => all.map((document) => document.sentences);
  const preTrained = await preTrainOnDocuments(
    { config, tokenizer, documents: sentences(documents), heldOut: sentences(heldOut), batchSize: 16, peakRate: 5e-3 },
    { ...options, limit: { steps: 120 } },
  );
  // Chance level: the logarithm of the vocabulary size, plus that of 2 for next sentence prediction.
  const points = (await readFile(join(folder, 'pretraining', 'checkpoints', 'curve.jsonl'), 'utf8')).trim().split('\n');
  expect(JSON.parse(points.at(-1)!).validationLoss).toBeLessThan(
    0.8 * (Math.log(tokenizer.vocabularySize) + Math.log(2)),
  );

  const labels: World[] = ['sea', 'sky'];
  const labelled = (all: typeof documents) =>
    all.map((each) => ({ text: each.sentences.join(' '), label: each.label }));
  const encode = (all: typeof documents) => encodeExamples(labelled(all), { tokenizer, labels, length: 24 });
  const comparison = {
    ...{
      config,
      tokenizer,
      pretrained: preTrained!.folder,
      labels,
      test: labelled(test),
      batchSize: 10,
      peakRate: 8e-3,
    },
    ...{ training: encode(documents.slice(0, 20)), validation: encode(heldOut) },
  };
  const run = { ...options, limit: { steps: 60 }, folder: join(folder, 'fine-tuning') };
  const accuracy = await fineTuned('pretrained', comparison, run);
  expect(accuracy).toBeGreaterThan(0.9);
  // A resumed run does not repeat finished work.
  expect(await fineTuned('pretrained', comparison, { ...run, resume: true })).toBe(accuracy);
});

it('refuses a text of one document', async () => {
  const file = join(folder, 'one.txt');
  await writeFile(file, 'One. Two.\nThree.\n');
  await expect(readDocuments(file)).rejects.toThrow(/one\.txt: expected at least two documents/);
  await writeFile(file, 'One. Two.\nThree.\n\nFour! Five.\n');
  expect(await readDocuments(file)).toEqual([
    ['One.', 'Two.', 'Three.'],
    ['Four!', 'Five.'],
  ]);
});
