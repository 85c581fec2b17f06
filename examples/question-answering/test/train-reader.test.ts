import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, Bert } from '@sequitur/bert';
import { openBackend, Random } from '@sequitur/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Question } from '../questions.js';
import { type ReaderRecipe, trainReader } from '../train-reader.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reader-'));
});
afterAll(() => rm(folder, { recursive: true }));

const cloze = { passage: { least: 9, most: 12 }, around: 3 };
const recipe: ReaderRecipe = {
  shape: { width: 32, depth: 1, heads: 2, contextLength: 32, positions: 'relativeKey', initializerRange: 0.15 },
  vocabularySize: 150,
  aligning: { batchSize: 16, peakRate: 3e-3, share: 0.2, cloze },
  reading: { batchSize: 16, peakRate: 5e-3, cloze },
};

/** Questions for one of two words in a text of seven. */
function questions(count: number, seed: string): Question[] {
  const random = Random.fromSeed(seed);
  const any = (words: readonly string[]) => words[random.integer(words.length)]!;
  return Array.from({ length: count }, () => {
    const [name, number] = [any(['ann', 'bob', 'eve', 'tom']), any(['two', 'six', 'nine'])];
    const context = `${any(['today', 'once'])} ${name} saw ${number} ${any(['whales', 'ships'])} at sea .`;
    const [question, text] = random.uniform() < 0.5 ? ['who saw them ?', name] : ['how many were there ?', number];
    return { question, context, answers: [{ text, start: context.indexOf(text) }] };
  });
}

it('learns to find answers, and the saved model finds them too', async () => {
  await openBackend(['wasm', 'cpu']);
  const sets = { training: questions(300, 'a'), validation: questions(32, 'b'), test: questions(30, 'c') };
  const trained = await trainReader(sets, recipe, { limit: { steps: 150 }, folder, seed: '1', resume: false });
  await trained!.model.savePretrained(join(folder, 'model'));
  trained!.model.dispose();
  const model = await Bert.fromPretrained(join(folder, 'model'));
  let right = 0;
  for (const { question, context, answers } of sets.test) {
    const [best] = await answer(model, question, context);
    if (best!.text === answers[0]!.text) right++;
  }
  model.dispose();
  // Names alone give half of the answers.
  expect(right).toBeGreaterThan(25);
});
