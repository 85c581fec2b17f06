import { initialize, Module, normal, openBackend, Parameter } from '@sequitur/core';
import { onEachBackend } from '@sequitur/laws';
import { add, mul, type Scalar, sum, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { adam, adamW, everyParameter, lion, matricesExcept, type Optimizer, sgd, trainStep } from '../src/index.js';

class Two extends Module {
  readonly early = new Parameter([1], normal(1));
  readonly late = new Parameter([1], normal(1));
}

/** Steps on losses `slope * parameter`; a slope of null leaves the parameter out. @returns both values after each step */
async function values(optimizer: Optimizer, slopes: readonly { early: number | null; late: number | null }[]) {
  const model = initialize(new Two(), 1);
  model.early.assign(Float32Array.of(1));
  model.late.assign(Float32Array.of(1));
  const found: [number, number][] = [];
  for (const [index, { early, late }] of slopes.entries()) {
    const loss = () =>
      tidy(() => {
        const terms = [
          ...(early === null ? [] : [mul(model.early.value, early)]),
          ...(late === null ? [] : [mul(model.late.value, late)]),
        ];
        return terms.map((term) => sum(term)).reduce((a, b) => add(a, b)) as Scalar;
      });
    const result = trainStep(model, loss, optimizer, { step: index + 1 });
    result.loss.dispose();
    result.gradientNorm.dispose();
    found.push([(await model.early.read())[0]!, (await model.late.read())[0]!]);
  }
  model.dispose();
  optimizer.dispose();
  return found;
}

onEachBackend('bias correction', () => {
  for (const create of [adamW, adam]) {
    it(`${create.name} counts each parameter's own steps: the first moves by the rate, however late it comes`, async () => {
      const alone = { early: 3, late: null };
      const found = await values(create({ learningRate: 0.01, weightDecay: 0 }), [
        ...new Array(50).fill(alone),
        { early: 3, late: -2 },
        { early: 3, late: -2 },
      ]);
      // m / (1 - β₁ᵗ) = g and v / (1 - β₂ᵗ) = g² for a constant gradient: each step is rate * sign(g).
      for (const [index, [early]] of found.entries()) expect(early).toBeCloseTo(1 - 0.01 * (index + 1), 4);
      expect(found.map(([, late]) => late).slice(49)).toEqual([1, expect.closeTo(1.01, 5), expect.closeTo(1.02, 5)]);
    });
  }
});

// Every option, off its default, against the formula by hand for one parameter at 1 with gradients 2 and then -1.
const byHand: Record<string, readonly [optimizer: () => Optimizer, after: readonly [number, number]]> = {
  'adamW, betas and epsilon': [
    () => adamW({ learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 1, weightDecay: 0 }),
    // m 1, v 1; mhat 2, vhat 4: 1 - 0.1 * 2 / 3. m 0, v 1; mhat 0: unchanged.
    [1 - 0.2 / 3, 1 - 0.2 / 3],
  ],
  'adamW, decay of a vector': [
    () => adamW({ learningRate: 0.1, weightDecay: 0.5, decays: everyParameter, beta1: 0, beta2: 0 }),
    // 1 * (1 - 0.05) - 0.1; then 0.85 * 0.95 + 0.1
    [0.85, 0.9075],
  ],
  'adamW, no decay of a vector by default': [
    () => adamW({ learningRate: 0.1, weightDecay: 0.5, beta1: 0, beta2: 0 }),
    [0.9, 1],
  ],
  'adamW, no decay of what the pattern fits': [
    () => adamW({ learningRate: 0.1, weightDecay: 0.5, beta1: 0, beta2: 0, decays: matricesExcept(/early/) }),
    [0.9, 1],
  ],
  'adam, decay in the gradient': [
    () => adam({ learningRate: 0.1, weightDecay: 0.5, decays: everyParameter, beta1: 0, beta2: 0, epsilon: 0.5 }),
    // g 2.5: 1 - 0.1 * 2.5 / 3; then g -1 + 0.5 * 0.91667 = -0.54167: + 0.1 * 0.54167 / 1.04167
    [1 - 0.25 / 3, 1 - 0.25 / 3 + (0.1 * 0.5416667) / 1.0416667],
  ],
  'sgd, momentum and dampening': [
    () => sgd({ learningRate: 0.1, momentum: 0.5, dampening: 0.25 }),
    // velocity 2; then 0.5 * 2 + 0.75 * -1 = 0.25
    [0.8, 0.775],
  ],
  'sgd, nesterov': [
    () => sgd({ learningRate: 0.1, momentum: 0.5, nesterov: true }),
    // 2 + 0.5 * 2 = 3; velocity 1 - 1 = 0, direction -1
    [0.7, 0.8],
  ],
  'sgd, decay': [
    () => sgd({ learningRate: 0.1, weightDecay: 0.5, decays: everyParameter }),
    // 2.5; then -1 + 0.375
    [0.75, 0.8125],
  ],
  'lion, betas': [
    () => lion({ learningRate: 0.1, beta1: 0.8, beta2: 0.5 }),
    // sign(0.2 * 2), momentum 1; sign(0.8 - 0.2) = 1 though the gradient turned
    [0.9, 0.8],
  ],
  'lion, decay': [
    () => lion({ learningRate: 0.1, weightDecay: 0.5, decays: everyParameter, beta1: 0 }),
    [0.85, 0.9075],
  ],
  'a schedule, by the step of training': [
    () => sgd({ learningRate: (step) => step / 10 }),
    // 1 - 0.1 * 2, then + 0.2 * 1
    [0.8, 1],
  ],
};

for (const [title, [optimizer, after]] of Object.entries(byHand)) {
  it(`${title}, as by hand`, async () => {
    await openBackend('cpu');
    const found = await values(optimizer(), [
      { early: 2, late: null },
      { early: -1, late: null },
    ]);
    for (const [index, value] of after.entries()) expect(found[index]![0]).toBeCloseTo(value, 5);
  });
}

it.each<[string, () => Optimizer, object]>([
  ['AdamW', () => adamW({ learningRate: 1 }), { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 }],
  ['Adam', () => adam({ learningRate: 1 }), { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 }],
  ['Lion', () => lion({ learningRate: 1 }), { beta1: 0.9, beta2: 0.99, weightDecay: 0 }],
  ['SGD', () => sgd({ learningRate: 1 }), { momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 }],
])('%s has the defaults of PyTorch or its paper', (name, create, defaults) => {
  const optimizer = create();
  expect(optimizer.settings).toMatchObject({ name, ...defaults });
  optimizer.dispose();
});

// With the defaults, for one vector at 1 with gradients 2 and then -1: vectors do not decay.
it.each<[string, () => Optimizer, readonly [number, number]]>([
  // m 0.2, v 0.004, corrected 2 and 4: 1 - 0.1. Then m 0.08 / 0.19, v (0.003996 + 0.001) / 0.001999.
  ['adamW', () => adamW({ learningRate: 0.1 }), [0.9, 0.9 - (0.1 * (0.08 / 0.19)) / Math.sqrt(0.004996 / 0.001999)]],
  ['adam', () => adam({ learningRate: 0.1 }), [0.9, 0.9 - (0.1 * (0.08 / 0.19)) / Math.sqrt(0.004996 / 0.001999)]],
  // sign(0.1 * 2), m 0.02; sign(0.9 * 0.02 - 0.1) is negative.
  ['lion', () => lion({ learningRate: 0.1 }), [0.9, 1]],
  ['sgd', () => sgd({ learningRate: 0.1 }), [0.8, 0.9]],
])('%s with its defaults, by hand', async (_, create, [first, second]) => {
  await openBackend('cpu');
  const found = await values(create(), [
    { early: 2, late: null },
    { early: -1, late: null },
  ]);
  expect(found.map(([early]) => early)).toEqual([expect.closeTo(first, 5), expect.closeTo(second, 5)]);
});
