import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bert, classify } from '@sequitur/bert';
import { openBackend, Random } from '@sequitur/core';
import type { EncoderRecipe } from '@sequitur/example-encoders';
import { accuracy } from '@sequitur/text';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LabelledText } from '../labelled-texts.js';
import { trainClassifier } from '../train-classifier.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'classifier-'));
});
afterAll(() => rm(folder, { recursive: true }));

const recipe: EncoderRecipe = {
  shape: { width: 32, depth: 1, heads: 2, contextLength: 16, dropout: 0.1, initializerRange: 0.15 },
  vocabularySize: 120,
  preTraining: { batchSize: 16, peakRate: 3e-3, share: 0.3 },
  fineTuning: { batchSize: 16, peakRate: 5e-3, hidden: 0.1 },
};

/** Sentences of three classes, which two words determine among irrelevant ones. */
function sentences(count: number, seed: string): LabelledText[] {
  const random = Random.fromSeed(seed);
  const any = (words: readonly string[]) => words[random.integer(words.length)]!;
  const telling = { sea: ['whale', 'ship', 'wave'], land: ['tree', 'road', 'hill'], sky: ['bird', 'cloud', 'star'] };
  return Array.from({ length: count }, (_, index) => {
    const label = (Object.keys(telling) as (keyof typeof telling)[])[index % 3]!;
    const words = Array.from({ length: 5 }, () => any(['the', 'a', 'saw', 'near', 'old', 'we', 'and']));
    for (const place of random.shuffle([0, 1, 2, 3, 4]).slice(0, 2)) words[place] = any(telling[label]);
    return { text: words.join(' '), label };
  });
}

/** Simulates Ctrl+C after a number of steps. */
function endingAfter(steps: number) {
  const controller = new AbortController();
  let taken = 0;
  return { signal: controller.signal, onStep: () => void (++taken === steps && controller.abort()) };
}

it('learns to classify across interruptions, and the saved model classifies too', async () => {
  await openBackend(['wasm', 'cpu']);
  const sets = {
    ...{ name: 'made up', labels: ['land', 'sea', 'sky'] },
    ...{ training: sentences(240, 'a'), validation: sentences(30, 'b'), test: sentences(60, 'c') },
  };
  const options = { limit: { steps: 200 }, folder, seed: '1', resume: false };
  // Interrupted in both trainings, and resumed.
  expect(await trainClassifier(sets, recipe, { ...options, ...endingAfter(20) })).toBeNull();
  const half = await trainClassifier(sets, recipe, { ...options, resume: true, ...endingAfter(70) });
  expect([half!.result.interrupted, half!.result.steps]).toEqual([true, 30]);
  half!.model.dispose();
  const trained = await trainClassifier(sets, recipe, { ...options, resume: true });
  expect([trained!.result.interrupted, trained!.result.steps]).toEqual([false, 140]);
  await trained!.model.savePretrained(join(folder, 'model'));
  trained!.model.dispose();
  const model = await Bert.fromPretrained(join(folder, 'model'));
  const found = await classify(
    model,
    sets.test.map(({ text }) => text),
  );
  model.dispose();
  // A constant label is right for a third.
  const share = accuracy(
    found.map(({ label }) => label),
    sets.test.map(({ label }) => label),
  );
  expect(share).toBeGreaterThan(0.9);
});
