import { type CausalModel, openBackend, parameterCount, Random } from '@sequitur/core';
import { evaluate } from '@sequitur/train';
import { cast, oneHot, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { accuracy } from '../accuracy.js';
import { inductionHeads } from '../induction-heads.js';
import { models } from '../models.js';
import { selectiveCopying } from '../selective-copying.js';
import { batchesOf, firstBatches, NOT_ASKED } from '../task.js';

beforeAll(() => openBackend('wasm'));

it('asks for the tokens among the noise, in order', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { inputs, labels } = selectiveCopying.draw(Random.fromSeed(seed));
    const asked = [...labels].filter((label) => label !== NOT_ASKED);
    const strewn = [...inputs.slice(0, -asked.length)].filter((token) => token !== 0);
    expect(strewn).toEqual(asked);
    expect([...labels.slice(-asked.length)]).toEqual(asked);
    expect(new Set(inputs.slice(-asked.length)).size).toBe(1);
  }
});

it('begins with few tokens and little noise, in batches with as many tokens as in the test', () => {
  const [first] = firstBatches(selectiveCopying, 1, { batchSize: 8, seed: 'a', forTraining: true });
  const asked = (row: Int32Array) => row.filter((label) => label !== NOT_ASKED).length;
  expect(asked(first!.labels[0] as Int32Array)).toBe(1);
  const tokens = first!.inputs.length * first!.inputs[0]!.length;
  expect(Math.abs(tokens - 8 * selectiveCopying.length)).toBeLessThan(10);
  expect(selectiveCopying.curriculum!(1499).length).toBe(128 + 16);
  expect(selectiveCopying.curriculum!(1500)).toEqual({});
});

it('asks for the token after the special one, once at the end or often', () => {
  const special = inductionHeads.vocabularySize - 1;
  for (let seed = 0; seed < 20; seed++) {
    for (const often of [false, true]) {
      const { inputs, labels } = inductionHeads.draw(Random.fromSeed(seed), { length: 200, often });
      const first = inputs.indexOf(special);
      const places = [...labels.keys()].filter((place) => labels[place] !== NOT_ASKED);
      expect(places.length).toBeGreaterThanOrEqual(1);
      if (!often) expect(places).toEqual([199]);
      for (const place of places) {
        expect([inputs[place], labels[place]]).toEqual([special, inputs[first + 1]]);
        if (place + 1 < 200) expect(inputs[place + 1]).toBe(labels[place]);
      }
    }
  }
});

it('resumes its batches from a position', () => {
  const options = { batchSize: 2, seed: 'a', forTraining: true };
  const whole = firstBatches(inductionHeads, 4, options);
  const stopped = batchesOf(inductionHeads, options);
  for (const _ of stopped) if ((stopped.position.state as { drawn: number }).drawn === 2) break;
  const resumed = batchesOf(inductionHeads, options);
  resumed.resumeAt(stopped.position);
  const [next] = resumed;
  expect(next).toEqual(whole[2]);
});

/** A model that predicts the same token at every position of a row, whatever its input. */
function stubborn(tokensOfRows: readonly number[]): CausalModel {
  const step = (tokens: Tensor2D) => ({
    logits: tidy(() => {
      const places = tokensOfRows.flatMap((token) => Array.from({ length: tokens.shape[1] }, () => token));
      return cast(oneHot(tensor2d(places, tokens.shape, 'int32'), 16), 'float32');
    }),
    state: {},
  });
  return { vocabularySize: 16, initState: () => ({}), step } as unknown as CausalModel;
}

it('computes the accuracy of sequences that are read in chunks', async () => {
  const length = 2048 + 7;
  const batches = firstBatches(inductionHeads, 1, { batchSize: 3, seed: 'long', length });
  const [first, second, third] = batches[0]!.labels.map((row) => row[length - 1]!);
  expect(await accuracy(stubborn([first!, second!, third!]), batches)).toBe(1);
  expect(await accuracy(stubborn([first!, second!, (third! + 1) % 15]), batches)).toBeCloseTo(2 / 3);
});

it('has models of similar size, which start at chance level', async () => {
  const sizes = [];
  for (const create of Object.values(models)) {
    const model = create({ vocabularySize: selectiveCopying.vocabularySize, seed: '1' });
    const validation = firstBatches(selectiveCopying, 1, { batchSize: 4, seed: 'b' });
    expect(await evaluate(model, validation)).toBeGreaterThan(1.5);
    sizes.push(parameterCount(model));
    model.dispose();
  }
  expect(Math.max(...sizes) / Math.min(...sizes)).toBeLessThan(1.06);
});
