import { Bert, headLoss, tokenClassification } from '@sequitur/bert';
import { openBackend } from '@sequitur/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nameError } from '../name-error.js';
import { nameLoss } from '../name-loss.js';

const head = tokenClassification({ labels: ['O', 'B-a', 'I-a'] });
let model: Bert<ReturnType<typeof head.build>>;
beforeAll(async () => {
  await openBackend('cpu');
  const config = { modelType: 'bert', vocabularySize: 9, width: 8, depth: 1, heads: 2, contextLength: 8 };
  model = Bert.create(config, { head, seed: '1' });
});
afterAll(() => model.dispose());

const tokens = [[3, 4, 5, 6]];
const of = (labels: number[]) => ({ tokens, labels: [labels] });

it('weighs the words of names on top of all words', () => {
  const value = (labels: number[]) => headLoss(model, of(labels)).arraySync();
  const mixed = nameLoss(0.5)(model, of([-100, 0, 1, 2]), {}).arraySync();
  expect(mixed).toBeCloseTo(value([-100, 0, 1, 2]) + 0.5 * value([-100, -100, 1, 2]), 5);
  expect(nameLoss(0.5)(model, of([0, 0, 0, -100]), {}).arraySync()).toBeCloseTo(value([0, 0, 0, -100]), 5);
});

it('an error is that of the kind too: half of three even guesses', () => {
  // Untrained, all three tags have about a third: named 2/3 of each word, right 1/3 of each of the two names.
  const error = nameError(model, of([-100, 0, 1, 2])).arraySync();
  expect(error).toBeCloseTo(1 - (2 * (2 / 3)) / (2 + 2), 1);
});
