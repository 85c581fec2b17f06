import { type Backend, openBackend, Random } from '@sequitur/core';
import { onEachBackend } from '@sequitur/laws';
import { mean, mul, type Scalar, square, sub, tidy } from '@tensorflow/tfjs-core';
import { beforeEach, expect, it } from 'vitest';
import {
  adam,
  adamW,
  lion,
  nextToken,
  nextTokenLoss,
  type Optimizer,
  sgd,
  type TokenBatch,
  train,
  trainStep,
  valueAndGradients,
} from '../src/index.js';
import { fingerprint, TinyData, TinyModel, tinyBatch } from './tiny-model.js';

const optimizers: Readonly<Record<string, () => Optimizer>> = {
  AdamW: () => adamW({ learningRate: 1e-2 }),
  Adam: () => adam({ learningRate: 1e-2, weightDecay: 1e-3 }),
  'SGD with momentum': () => sgd({ learningRate: 0.5, momentum: 0.9, nesterov: true, weightDecay: 1e-4 }),
  Lion: () => lion({ learningRate: 1e-2, weightDecay: 0.01 }),
};

onEachBackend('training', (name) => {
  let backend: Backend;
  beforeEach(async () => {
    backend = await openBackend(name);
  });

  for (const [title, create] of Object.entries(optimizers)) {
    it(`learns with ${title}, and leaves nothing behind`, async () => {
      const before = backend.memory().tensors;
      const model = TinyModel.create(1);
      const optimizer = create();
      const losses: number[] = [];
      for await (const { loss } of train(model, new TinyData(2), { optimizer, steps: 60 })) losses.push(loss);
      expect(losses.at(-1)).toBeLessThan(0.75 * losses[0]!);
      optimizer.dispose();
      model.dispose();
      expect(backend.memory().tensors).toBe(before);
    });
  }

  it('takes several small batches as one large one', async () => {
    const random = Random.fromSeed(4);
    const batches = [tinyBatch(random), tinyBatch(random), tinyBatch(random)];
    const joined = { inputs: batches.flatMap(({ inputs }) => inputs), labels: batches.flatMap(({ labels }) => labels) };
    const results: number[][] = [];
    for (const losses of [batches, [joined]]) {
      const model = TinyModel.create(1);
      const optimizer = sgd({ learningRate: 0.1 });
      const result = trainStep(
        model,
        losses.map((batch) => () => nextTokenLoss(model, batch)),
        optimizer,
        { step: 1, maxGradientNorm: 0.1 },
      );
      const after = await model.head.weight.read();
      results.push([(await result.loss.data())[0]!, (await result.gradientNorm.data())[0]!, ...after]);
      result.loss.dispose();
      result.gradientNorm.dispose();
      optimizer.dispose();
      model.dispose();
    }
    for (const [index, value] of results[0]!.entries()) expect(value).toBeCloseTo(results[1]![index]!, 5);
  });

  it('spreads a share of the target over the vocabulary', async () => {
    const model = TinyModel.create(1);
    const batch = tinyBatch(Random.fromSeed(1));
    const lossOf = async (labelSmoothing: number, labels: TokenBatch['labels']) => {
      const loss = nextToken({ labelSmoothing })(model, { inputs: batch.inputs, labels });
      const [value] = await loss.data();
      loss.dispose();
      return value!;
    };
    let mean = 0;
    for (let token = 0; token < 13; token++) {
      mean +=
        (await lossOf(
          0,
          batch.labels.map((row) => Array.from(row, () => token)),
        )) / 13;
    }
    expect(await lossOf(0.3, batch.labels)).toBeCloseTo(0.7 * (await lossOf(0, batch.labels)) + 0.3 * mean, 4);
    model.dispose();
  });

  it('trains whatever a loss says, not only the next token', async () => {
    const model = TinyModel.create(1);
    const loss = (tiny: TinyModel, wanted: number) =>
      tidy(() => mean<Scalar>(square(sub(tiny.head.bias!.value, wanted))));
    const optimizer = adamW({ learningRate: 0.1, weightDecay: 0 });
    const wanted = Array.from({ length: 100 }, () => 0.5);
    let last = Number.NaN;
    for await (const { loss: now } of train(model, wanted, { optimizer, loss, maxGradientNorm: 1 })) last = now;
    expect(last).toBeLessThan(1e-3);
    expect((await model.head.bias!.read())[3]).toBeCloseTo(0.5, 1);
    optimizer.dispose();
    model.dispose();
  });
});

it('drops by its own seed: the same seed gives the same run, another one another', async () => {
  await openBackend('cpu');
  const runs: string[] = [];
  for (const seed of [1, 1, 2]) {
    const model = TinyModel.create(1);
    const optimizer = adamW({ learningRate: 1e-2 });
    for await (const _ of train(model, new TinyData(2), { optimizer, steps: 5, seed }));
    runs.push(await fingerprint(model));
    optimizer.dispose();
    model.dispose();
  }
  expect(runs[1]).toBe(runs[0]);
  expect(runs[2]).not.toBe(runs[0]);
});

it('Lion steps along the sign of its momentum', async () => {
  await openBackend('cpu');
  const model = TinyModel.create(1);
  const before = await model.head.weight.read();
  const batch = tinyBatch(Random.fromSeed(1));
  const { value, gradients } = valueAndGradients(model, () => nextTokenLoss(model, batch));
  const slope = await gradients.get('head.weight')!.data();
  const optimizer = lion({ learningRate: 0.01, weightDecay: 0.1 });
  for (const [path, gradient] of gradients) {
    if (path === 'head.weight') optimizer.update(path, model.head.weight, gradient, { step: 1, scale: 0.5 });
    gradient.dispose();
  }
  const after = await model.head.weight.read();
  for (const [i, start] of before.entries()) {
    expect(after[i]).toBeCloseTo(start * (1 - 0.001) - 0.01 * Math.sign(slope[i]!), 6);
  }
  value.dispose();
  optimizer.dispose();
  model.dispose();
});

it('says what is wrong when the loss is no longer a number', async () => {
  await openBackend('cpu');
  const model = TinyModel.create(1);
  const optimizer = sgd({ learningRate: 0.1 });
  const loss = (tiny: TinyModel, factor: number) => tidy(() => mean<Scalar>(mul(tiny.head.weight.value, factor)));
  const run = async () => {
    for await (const _ of train(model, [1, 2, Number.NaN], { optimizer, loss }));
  };
  await expect(run()).rejects.toThrow(/finite loss.*smaller learning rate/s);
  optimizer.dispose();
  model.dispose();
});
