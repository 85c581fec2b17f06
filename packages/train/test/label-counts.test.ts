import { openBackend, Random } from '@sequitur/core';
import { memory, mul, type Scalar, sum, tidy } from '@tensorflow/tfjs-core';
import { beforeEach, expect, it } from 'vitest';
import { evaluate, nextToken, nextTokenLoss, sgd, type TokenBatch, train } from '../src/index.js';
import { TinyModel, tinyBatch } from './tiny-model.js';

beforeEach(() => openBackend('cpu'));

/** One batch of four rows with 1, 3, 0 and 2 labels, and the same in two batches with 1 and 5. */
function batches(): { whole: TokenBatch; parts: TokenBatch[] } {
  const { inputs, labels } = tinyBatch(Random.fromSeed(3));
  const kept = [1, 3, 0, 2];
  const sparse = labels.map((row, index) => Array.from(row, (label, column) => (column < kept[index]! ? label : -100)));
  const rows = (from: number, to: number) => ({ inputs: inputs.slice(from, to), labels: sparse.slice(from, to) });
  return { whole: rows(0, 4), parts: [rows(0, 1), rows(1, 4)] };
}

async function oneStep(data: readonly TokenBatch[], loss = nextTokenLoss) {
  const model = TinyModel.create(1);
  // Without dropout, whose masks differ between one batch and several.
  const step = model.step.bind(model);
  model.step = (tokens, state) => step(tokens, state);
  const optimizer = sgd({ learningRate: 1 });
  const results: number[] = [];
  try {
    const run = train(model, data, {
      optimizer,
      loss,
      accumulate: data.length,
      steps: 1,
      maxGradientNorm: Number.POSITIVE_INFINITY,
    });
    for await (const progress of run) results.push(progress.loss, progress.gradientNorm);
    const weights = [...(await model.head.weight.read()), ...(await model.embedding.weight.read())];
    return [...results, ...weights];
  } finally {
    model.dispose();
    optimizer.dispose();
  }
}

for (const labelSmoothing of [0, 0.2]) {
  it(`batches of different numbers of labels make the step of one large batch, smoothing ${labelSmoothing}`, async () => {
    const { whole, parts } = batches();
    const loss = nextToken({ labelSmoothing });
    const [one, several] = [await oneStep([whole], loss), await oneStep(parts, loss)];
    expect(several).toHaveLength(one.length);
    for (const [index, value] of one.entries()) expect(several[index]).toBeCloseTo(value, 5);
  });
}

it('evaluates over all labels, not over batches, from data of any kind', async () => {
  const { whole, parts } = batches();
  const model = TinyModel.create(1);
  const perRow = await Promise.all(
    whole.inputs.map(async (row, index) => {
      if (index === 2) return 0; // no label
      const count = whole.labels[index]! as number[];
      return (
        (await evaluate(model, [{ inputs: [row], labels: [whole.labels[index]!] }])) *
        count.filter((x) => x !== -100).length
      );
    }),
  );
  const wanted = perRow.reduce((total, loss) => total + loss) / 6;
  async function* coming() {
    yield* parts;
  }
  for (const data of [[whole], parts, coming()]) expect(await evaluate(model, data)).toBeCloseTo(wanted, 5);
  expect(await evaluate(model, [...parts, parts[0]!], (_, batch) => mul(1, batch.labels.length) as Scalar)).toBeCloseTo(
    5 / 3,
  );
  model.dispose();
});

it('no label at all is an error, in training and in evaluation; one batch without is not', async () => {
  const { parts } = batches();
  const none = { ...parts[0]!, labels: parts[0]!.labels.map((row) => Array.from(row, () => -100)) };
  const model = TinyModel.create(1);
  const before = memory().numTensors;
  await expect(evaluate(model, [none, none])).rejects.toThrow(
    /evaluate: expected at least one label other than -100, got none/,
  );
  await expect(oneStep([none])).rejects.toThrow(/training, step 1: expected at least one label/);
  expect(() => nextTokenLoss(model, none)).toThrow(/at least one label/);
  await expect(evaluate(model, [])).rejects.toThrow(/at least one batch/);
  expect(await evaluate(model, [none, parts[1]!])).toBeCloseTo(await evaluate(model, [parts[1]!]), 6);
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

it('labels that do not fit are refused, by row, column and value, and nothing leaks', () => {
  const model = TinyModel.create(1);
  const before = memory().numTensors;
  const wrong: readonly [labels: unknown, message: RegExp][] = [
    [[[2, 99]], /labels, row 0, column 1: expected an integer from 0 to 12, or -100, got 99/],
    [[[2, -1]], /column 1: .*got -1/],
    [[[0.5, 1]], /column 0: .*got 0.5/],
    [[[Number.NaN, 1]], /got NaN/],
    [[[2]], /labels, row 0: expected 2 labels, one for each token, got 1/],
    [
      [
        [1, 2],
        [1, 2],
      ],
      /expected 1 rows of labels.*got 2 rows/,
    ],
    [[], /at least one label/],
    [[null], /row 0|labels/],
  ];
  for (const [labels, message] of wrong) {
    expect(() => nextTokenLoss(model, { inputs: [[1, 2]], labels } as TokenBatch)).toThrow(message);
  }
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

it('a loss that does not count its labels weighs each batch alike', async () => {
  const model = TinyModel.create(1);
  const optimizer = sgd({ learningRate: 0 });
  const loss = (tiny: TinyModel, factor: number) => tidy(() => mul(sum(tiny.head.weight.value), factor) as Scalar);
  const total = (await model.head.weight.read()).reduce((a, b) => a + b);
  for await (const progress of train(model, [1, 3], { optimizer, loss, accumulate: 2 })) {
    expect(progress.loss).toBeCloseTo(2 * total, 4);
  }
  model.dispose();
  optimizer.dispose();
});
