import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bert, recognizeEntities } from '@sequitur/bert';
import { openBackend, Random } from '@sequitur/core';
import { entityScores } from '@sequitur/text';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TaggedSentence } from '../tagged-sentences.js';
import { readTaggedSets } from '../tagged-sets.js';
import { type RecognizerRecipe, trainRecognizer } from '../train-recognizer.js';
import { tagsOfEntities, written } from '../words-of-tokens.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recognizer-'));
});
afterAll(() => rm(folder, { recursive: true }));

const recipe: RecognizerRecipe = {
  shape: { width: 32, depth: 1, heads: 2, contextLength: 24, dropout: 0.1, initializerRange: 0.15 },
  vocabularySize: 150,
  preTraining: { batchSize: 16, peakRate: 3e-3, share: 0.3 },
  fineTuning: { batchSize: 16, peakRate: 5e-3, hidden: 0.05 },
  names: { renewed: 0.2, recased: 0.05, weight: 0.1 },
};

function sentences(count: number, seed: string): TaggedSentence[] {
  const random = Random.fromSeed(seed);
  const any = (words: readonly string[]) => words[random.integer(words.length)]!;
  return Array.from({ length: count }, () => {
    const [first, last] = [any(['Ann', 'Bob', 'Eve', 'Tom']), any(['Lee', 'Ray', 'Fox'])];
    const place = any(['Rome', 'Oslo', 'Bonn']);
    const verb = any(['saw', 'left', 'loves']);
    return random.uniform() < 0.5
      ? { words: [first, last, verb, place, '.'], tags: ['B-person', 'I-person', 'O', 'B-place', 'O'] }
      : {
          words: ['In', place, any(['it', 'he']), verb, first, '.'],
          tags: ['O', 'B-place', 'O', 'O', 'B-person', 'O'],
        };
  });
}

it('learns to find names, and the saved model finds them too', async () => {
  await openBackend(['wasm', 'cpu']);
  const tags = ['O', 'B-person', 'B-place', 'I-person'];
  const test = sentences(40, 'c');
  const sets = { training: sentences(200, 'a'), validation: sentences(32, 'b'), test, tags };
  const options = { limit: { steps: 100 }, folder, seed: '1', resume: false };
  const trained = await trainRecognizer(sets, ['He left Rome and saw Oslo .'], recipe, options);
  await trained!.model.savePretrained(join(folder, 'model'));
  trained!.model.dispose();
  const model = await Bert.fromPretrained(join(folder, 'model'));
  const texts = test.map(written);
  const found = await recognizeEntities(
    model,
    texts.map(({ text }) => text),
  );
  model.dispose();
  const { micro } = entityScores(
    found.map((entities, index) => tagsOfEntities(entities, texts[index]!)),
    test.map((sentence) => sentence.tags),
  );
  expect(micro.f1).toBeGreaterThan(0.9);
});

it('asks for a folder of tagged sentences if none is given', async () => {
  await expect(readTaggedSets(undefined, '1')).rejects.toThrow(/--data: expected a folder.*WNUT/);
  await expect(readTaggedSets(join(folder, 'model'), '1')).rejects.toThrow(/expected a folder with train/);
});
