import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, Random } from '@sequitur/core';
import { onEachBackend } from '@sequitur/laws';
import { add, memory, mul, type Scalar, sqrt, sum, tidy } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { adamW, CheckpointStore, lion, type Optimizer, sgd, train, trainStep } from '../src/index.js';
import { fingerprint, TinyModel, tinyBatch } from './tiny-model.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sequitur-diverging-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Losses that are finite while their gradient is not, or are not finite themselves. */
const sound = (model: TinyModel) => tidy(() => sum(mul(model.head.bias!.value, 1)) as Scalar);
const diverging: Record<string, readonly [loss: (model: TinyModel) => Scalar, message: RegExp]> = {
  'a gradient that is NaN': [
    (model) => tidy(() => sum(sqrt(mul(model.head.weight.value, 0))) as Scalar),
    /step 3: expected a finite norm of the gradient, got (NaN|Infinity)/,
  ],
  'a gradient whose norm overflows': [
    (model) => tidy(() => sum(mul(mul(model.head.weight.value, 1e30), 1e-30 * 1e25)) as Scalar),
    /step 3: expected a finite norm of the gradient, got Infinity/,
  ],
  'a loss that is infinite': [
    (model) => tidy(() => add(sound(model), Number.POSITIVE_INFINITY) as Scalar),
    /step 3: expected a finite loss, got Infinity/,
  ],
  'a loss that is NaN': [
    (model) => tidy(() => mul(sound(model), Number.NaN) as Scalar),
    /step 3: expected a finite loss, got NaN/,
  ],
};

onEachBackend('a run that diverges', () => {
  for (const [title, [bad, message]] of Object.entries(diverging)) {
    it(`${title} stops before the update and before anything is saved, in any batch of the step`, async () => {
      for (const accumulate of [1, 2]) {
        const place = join(folder, String(accumulate));
        const model = TinyModel.create(1);
        const optimizer = adamW({ learningRate: 0.1 });
        const prints: string[] = [];
        const losses = Array.from({ length: 3 * accumulate }, (_, index) =>
          index === 3 * accumulate - 1 ? bad : sound,
        );
        const run = async () => {
          const loss = (tiny: TinyModel, of: (tiny: TinyModel) => Scalar) => of(tiny);
          const checkpoints = { folder: place, every: 1, keep: 1 };
          for await (const _ of train(model, losses, { optimizer, loss, accumulate, checkpoints })) {
            prints.push(await fingerprint(model));
          }
        };
        await expect(run()).rejects.toThrow(message);
        expect(prints).toHaveLength(2);
        expect(await fingerprint(model)).toBe(prints[1]);
        const store = await CheckpointStore.open(place);
        expect(store.names).toEqual(['step-00000002.safetensors']);
        expect((await store.load(model))?.step).toBe(2);
        expect(await fingerprint(model)).toBe(prints[1]);
        model.dispose();
        optimizer.dispose();
      }
    });
  }
});

onEachBackend('one step that diverges', () => {
  for (const [title, [bad, message]] of Object.entries(diverging)) {
    it(`${title} is refused before the update`, async () => {
      const model = TinyModel.create(1);
      const optimizer = sgd({ learningRate: 0.1 });
      const before = await fingerprint(model);
      const tensors = memory().numTensors;
      expect(() => trainStep(model, () => bad(model), optimizer, { step: 3 })).toThrow(message);
      expect(memory().numTensors).toBe(tensors);
      expect(await fingerprint(model)).toBe(before);
      model.dispose();
      optimizer.dispose();
    });
  }
}, ['cpu', 'wasm']);

it('weights that an update makes infinite are not saved over sound ones', async () => {
  await openBackend('cpu');
  const model = TinyModel.create(1);
  const optimizer = sgd({ learningRate: (step) => (step < 2 ? 1e-3 : 3e38) });
  const run = async () => {
    const loss = (tiny: TinyModel) => tidy(() => sum(mul(tiny.head.weight.value, 10)) as Scalar);
    const checkpoints = { folder, every: 1, keep: 1 };
    const options = { optimizer, loss, checkpoints, maxGradientNorm: Number.POSITIVE_INFINITY };
    for await (const _ of train(model, [1, 2, 3], options));
  };
  await expect(run()).rejects.toThrow(/training, step 2, head.weight: expected finite values to save, got -Infinity/);
  const store = await CheckpointStore.open(folder);
  expect(store.names).toEqual(['step-00000001.safetensors']);
  expect((await store.load(model))?.step).toBe(1);
  expect((await readdir(folder)).sort()).toEqual(['checkpoints.json', 'step-00000001.safetensors']);
  model.dispose();
  optimizer.dispose();
});

it('NaN is never the best loss, nor is an infinite one; the best moves with each lower one', async () => {
  await openBackend('cpu');
  const validation = [Number.NaN, 3, Number.NEGATIVE_INFINITY, 2, 2, 1, Number.NaN, 4];
  const model = TinyModel.create(1);
  const optimizer = sgd({ learningRate: 1e-3 });
  let evaluation = 0;
  const told: (number | undefined)[] = [];
  const bests: (string | null)[] = [];
  const run = train(model, new Array(20).fill(0), {
    optimizer,
    loss: sound,
    evaluation: {
      data: () => [0],
      every: 1,
      patience: 2,
      loss: () => tidy(() => mul(sum(1), validation[evaluation++]!) as Scalar),
    },
    checkpoints: { folder, every: 100, keep: 1 },
  });
  for await (const { validationLoss } of run) {
    told.push(validationLoss);
    bests.push((await CheckpointStore.open(folder)).best);
  }
  const step = (count: number) => `step-0000000${count}.safetensors`;
  expect(told).toEqual(validation);
  expect(bests).toEqual([null, step(2), step(2), step(4), step(4), step(6), step(6), step(6)]);
  expect((await readdir(folder)).sort()).toEqual(['checkpoints.json', step(6), step(8)]);
  model.dispose();
  optimizer.dispose();
});

const optimizers: Record<string, () => Optimizer> = {
  AdamW: () => adamW({ learningRate: 0.1 }),
  SGD: () => sgd({ learningRate: 0.1, momentum: 0.9 }),
  Lion: () => lion({ learningRate: 0.1 }),
};

for (const [title, create] of Object.entries(optimizers)) {
  it(`a step that throws leaves no gradient behind: ${title}`, async () => {
    await openBackend('cpu');
    const model = TinyModel.create(1);
    const optimizer = create();
    const broken = {
      ...create(),
      update: (...given: Parameters<Optimizer['update']>) => {
        if (given[0] === 'head.weight') throw new Error('broken');
        optimizer.update(...given);
      },
    };
    const good = () => sound(model);
    const bad = () => {
      mul(model.head.weight.value, 2); // left to whoever catches
      throw new Error('second batch');
    };
    const all = () => tidy(() => add(sum(model.head.weight.value), sound(model)) as Scalar);
    // What the optimizer remembers stays, so it is made first.
    const first = trainStep(model, all, optimizer, { step: 1 });
    first.loss.dispose();
    first.gradientNorm.dispose();
    const before = memory().numTensors;
    for (let step = 2; step < 5; step++) {
      expect(() => trainStep(model, [good, bad], optimizer, { step })).toThrow('second batch');
      expect(() => trainStep(model, all, broken, { step, maxGradientNorm: 1 })).toThrow('broken');
      expect(() => trainStep(model, () => 3 as never, optimizer, { step })).toThrow(/a loss that is a scalar.*got 3/);
      expect(() => trainStep(model, () => mul(model.head.weight.value, 1) as never, optimizer, { step })).toThrow(
        /got float32 \[24, 13\]/,
      );
      expect(() => trainStep(model, () => tidy(() => sum([1, 2])), optimizer, { step })).toThrow(
        /depends on trainable parameters/,
      );
    }
    expect(memory().numTensors).toBe(before);
    const run = async () => {
      const loss = (_: TinyModel, of: () => Scalar) => of();
      for await (const _ of train(model, [good, bad], { optimizer, loss, accumulate: 2 }));
    };
    await expect(run()).rejects.toThrow('second batch');
    expect(memory().numTensors).toBe(before);
    model.dispose();
    optimizer.dispose();
  });
}

it('a model that was disposed is refused by one error', async () => {
  await openBackend('cpu');
  const model = TinyModel.create(1);
  const optimizer = sgd({ learningRate: 0.1 });
  model.dispose();
  const run = async () => {
    for await (const _ of train(model, [tinyBatch(Random.fromSeed(1))], { optimizer }));
  };
  await expect(run()).rejects.toThrow(/expected values, got none/);
});
