import { Bert, headLoss, tokenClassification } from '@sequitur/bert';
import { openBackend } from '@sequitur/core';
import type { Scalar } from '@tensorflow/tfjs-core';
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

/** Reads and disposes a scalar. */
async function numberOf(scalar: Scalar): Promise<number> {
  const [value] = await scalar.data();
  scalar.dispose();
  return value!;
}

it('adds the weighted loss of the words of names', async () => {
  const value = (labels: number[]) => numberOf(headLoss(model, of(labels)));
  const weighed = (labels: number[]) => numberOf(nameLoss(0.5)(model, of(labels), {}));
  const names = await value([-100, -100, 1, 2]);
  expect(await weighed([-100, 0, 1, 2])).toBeCloseTo((await value([-100, 0, 1, 2])) + 0.5 * names, 5);
  expect(await weighed([0, 0, 0, -100])).toBeCloseTo(await value([0, 0, 0, -100]), 5);
});

it('includes the entity type in the error: half of three even guesses', async () => {
  // Untrained, all three tags have a probability of about 1/3: each word is a name with 2/3, and each of the two names
  // is right with 1/3.
  const error = await numberOf(nameError(model, of([-100, 0, 1, 2])));
  expect(error).toBeCloseTo(1 - (2 * (2 / 3)) / (2 + 2), 1);
});
