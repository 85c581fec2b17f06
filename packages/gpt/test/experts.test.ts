import { openBackend, Random } from '@sequitur/core';
import { nextTokenLoss, valueAndGradients } from '@sequitur/train';
import type { Scalar } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { Gpt, mixtralFamily } from '../src/index.js';

beforeAll(() => openBackend('cpu'));

const config = {
  ...{ vocabularySize: 11, contextLength: 8, width: 8, depth: 2, heads: 2, hiddenWidth: 6 },
  ...{ experts: 3, activeExperts: 2, balanceCoefficient: 0.5 },
};
const batch = { inputs: [[1, 2, 3, 4]], labels: [[2, 3, 4, 5]] };

async function lossOf(balances: boolean, random?: Random): Promise<number> {
  const model = Gpt.create({ ...config, balances }, { family: mixtralFamily, seed: 1 });
  const loss: Scalar = nextTokenLoss(model, batch, random ? { random } : {});
  const [value] = await loss.data();
  loss.dispose();
  model.dispose();
  return value!;
}

it('experts are balanced in training, and where the config asks for it', async () => {
  const plain = await lossOf(false);
  expect(await lossOf(true)).toBe(plain);
  expect(await lossOf(false, Random.fromSeed(1))).toBe(plain);
  const balanced = await lossOf(true, Random.fromSeed(1));
  expect(balanced - plain).toBeGreaterThan(0.5 * 1.5); // at least 1 for each active expert, less what is uneven
  expect(balanced - plain).toBeLessThan(0.5 * 3);
});

it('the balancing loss reaches the routers', async () => {
  const random = Random.fromSeed(1);
  const found = await Promise.all(
    [false, true].map(async (balances) => {
      const model = Gpt.create({ ...config, balances }, { family: mixtralFamily, seed: 1 });
      const { gradients } = valueAndGradients(model, () => nextTokenLoss(model, batch, { random }));
      const values = await gradients.get('blocks.0.feedForward.router.projection.weight')!.data();
      for (const gradient of gradients.values()) gradient.dispose();
      model.dispose();
      return [...values];
    }),
  );
  expect(found[0]).not.toEqual(found[1]);
});
