import { openBackend, SequiturError } from '@sequitur/core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  adam,
  adamW,
  CheckpointStore,
  constantRate,
  evaluate,
  lion,
  nextToken,
  sgd,
  train,
  trainStep,
  warmUpThenConstant,
  warmUpThenCosine,
  warmUpThenInverseSquareRoot,
  warmUpThenLinear,
} from '../src/index.js';
import { TinyModel } from './tiny-model.js';

beforeAll(() => openBackend('cpu'));

const optimizer = () => sgd({ learningRate: 0.1 });
const model = () => new TinyModel();
const data = () => [];

/** Values that are no count of at least 1. */
const NO_COUNT = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '3', null];
const NO_FUNCTION = [3, 'f', null, {}];
const NO_OBJECT = [3, 'x', null, []];

const trainWith = (options: object) => train(model(), data(), { optimizer: optimizer(), ...options } as never);
const evaluation = (options: object) => trainWith({ evaluation: { data: () => [], every: 1, ...options } });
const checkpoints = (options: object) => trainWith({ checkpoints: { folder: './never', every: 1, ...options } });
const decay = { peak: 1, warmUp: 2, steps: 10 };

/** Every option of every function, and values that it refuses. */
const refused: Record<
  string,
  Record<string, readonly [use: (options: object) => unknown, values: readonly unknown[]]>
> = {
  train: {
    optimizer: [trainWith, [undefined, ...NO_OBJECT, {}, { update: 3 }]],
    loss: [trainWith, NO_FUNCTION],
    steps: [trainWith, NO_COUNT],
    maxGradientNorm: [trainWith, [0, -1, Number.NaN, '1', null]],
    accumulate: [trainWith, NO_COUNT],
    seed: [trainWith, [Number.NaN, Number.POSITIVE_INFINITY, null, {}, true]],
    evaluation: [trainWith, NO_OBJECT],
    checkpoints: [trainWith, NO_OBJECT],
    tokensOf: [trainWith, NO_FUNCTION],
    signal: [trainWith, [...NO_OBJECT, {}, new AbortController()]],
    acumulate: [trainWith, [2]],
  },
  'train, evaluation': {
    data: [evaluation, [...NO_FUNCTION, undefined, []]],
    every: [evaluation, [...NO_COUNT, undefined]],
    loss: [evaluation, NO_FUNCTION],
    patience: [evaluation, NO_COUNT],
    patient: [evaluation, [3]],
  },
  'train, checkpoints': {
    folder: [checkpoints, ['', undefined, null, 3, {}, { source: {}, sink: {} }]],
    every: [checkpoints, [...NO_COUNT, undefined]],
    keep: [checkpoints, NO_COUNT],
    resume: [checkpoints, [0, 'yes', null]],
    changedSettings: [checkpoints, [true, 'warn', null]],
    kept: [checkpoints, [3]],
  },
  trainStep: Object.fromEntries(
    Object.entries({
      step: [...NO_COUNT, undefined],
      maxGradientNorm: [0, -1, Number.NaN],
      combine: ['max', null],
      maxGradientNorms: [1],
    }).map(([name, values]) => [
      name,
      [(options: object) => trainStep(model(), [], optimizer(), { step: 1, ...options } as never), values] as const,
    ]),
  ),
  nextToken: { labelSmoothing: [nextToken, [-0.1, 1.1, Number.NaN, '0']], smoothing: [nextToken, [0.1]] },
  ...Object.fromEntries(
    Object.entries({ adamW, adam, lion }).map(([name, create]) => {
      const use = (options: object) => create({ learningRate: 0.1, ...options });
      return [
        name,
        {
          learningRate: [use, [undefined, -0.1, Number.NaN, Number.POSITIVE_INFINITY, '0.1', null]],
          beta1: [use, [-0.1, 1, Number.NaN, '0.9']],
          beta2: [use, [-0.1, 1, Number.NaN, null]],
          weightDecay: [use, [-0.1, Number.NaN, Number.POSITIVE_INFINITY]],
          decays: [use, NO_FUNCTION],
          weight_decay: [use, [0.1]],
          ...(name !== 'lion' && { epsilon: [use, [-1e-8, 0, Number.NaN]] }),
        },
      ] as const;
    }),
  ),
  sgd: Object.fromEntries(
    Object.entries({
      learningRate: [undefined, -1, Number.NaN],
      momentum: [-0.1, 1, Number.NaN],
      dampening: [-0.1, 1.1, 0.1],
      nesterov: ['yes', 1, true],
      weightDecay: [-1],
      decays: NO_FUNCTION,
      momentun: [0.9],
    }).map(([name, values]) => [name, [(options: object) => sgd({ learningRate: 0.1, ...options }), values] as const]),
  ),
  ...Object.fromEntries(
    Object.entries({ warmUpThenCosine, warmUpThenLinear }).map(([name, create]) => {
      const use = (options: object) => create({ ...decay, ...options });
      return [
        name,
        {
          peak: [use, [-1, Number.NaN, undefined]],
          warmUp: [use, [-1, 1.5, Number.NaN, 11, undefined]],
          steps: [use, [...NO_COUNT, 1, undefined]],
          lowest: [use, [-1, Number.NaN, 2]],
          least: [use, [0]],
        },
      ] as const;
    }),
  ),
  ...Object.fromEntries(
    Object.entries({ warmUpThenConstant, warmUpThenInverseSquareRoot }).map(([name, create]) => {
      const use = (options: object) => create({ peak: 1, warmUp: 2, ...options });
      return [name, { peak: [use, [-1, Number.NaN]], warmUp: [use, [-1, 1.5]], steps: [use, [10]] }] as const;
    }),
  ),
};

for (const [where, options] of Object.entries(refused)) {
  describe(where, () => {
    for (const [name, [use, values]] of Object.entries(options)) {
      it(`refuses wrong values of ${name} where they are given`, () => {
        for (const value of values) {
          expect(() => use({ [name]: value }), String(value)).toThrow(SequiturError);
          const [base] = where.split(',');
          expect(() => use({ [name]: value })).toThrow(new RegExp(`^${base}.*${name}`));
        }
      });
    }
  });
}

it('arguments that are no options are checked as well', async () => {
  expect(() => train(model(), 3 as never, { optimizer: optimizer() })).toThrow(
    /train, data: expected an iterable, got 3/,
  );
  expect(() => train(model(), [], undefined as never)).toThrow(/train: expected an object of options, got undefined/);
  await expect(evaluate(model(), undefined as never)).rejects.toThrow(/evaluate, data/);
  await expect(evaluate(model(), [], 3 as never)).rejects.toThrow(/evaluate, loss: expected a function, got 3/);
  await expect(CheckpointStore.open('./never', { keep: 0 })).rejects.toThrow(/CheckpointStore.open, keep/);
  await expect(CheckpointStore.open('./never', { kept: 1 } as object)).rejects.toThrow(/got 'kept'/);
  await expect(CheckpointStore.open('')).rejects.toThrow(/place: expected a folder, or files/);
  expect(() => constantRate(-1)).toThrow(/learning rate/);
});

it("a schedule of one's own that gives no rate is refused when it does", async () => {
  const tiny = TinyModel.create(1);
  const own = adamW({ learningRate: (step) => (step < 2 ? 0.1 : Number.NaN) });
  const steps: number[] = [];
  const run = async () => {
    const batch = { inputs: [[1, 2]], labels: [[2, 3]] };
    for await (const { step } of train(tiny, [batch, batch], { optimizer: own })) steps.push(step);
  };
  await expect(run()).rejects.toThrow(/learning rate of step 2: expected a number of at least 0, got NaN/);
  expect(steps).toEqual([1]);
  tiny.dispose();
  own.dispose();
});
