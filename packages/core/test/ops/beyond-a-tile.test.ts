import { type DrawnCall, drawNormal, expectAsReference, expectCloseValues, onEachBackend } from '@sequitur/laws';
import { add, cumsum, mul, square, sum, type Tensor, tensor, transpose, variable } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import * as core from '../../src/index.js';

// Every size crosses what a workgroup or a tile holds: 64, 128 and 256 lanes, 16 and 32 rows.
const ids = (count: number, below: number) =>
  tensor(
    Int32Array.from({ length: count }, (_, i) => (i * 7919 + (i % 5) * 31) % below),
    [count],
    'int32',
  );

const cases: Record<string, DrawnCall & { kernels?: string[]; tolerance?: number }> = {
  'embedding of 700 ids from 300 rows': {
    f: (table) => core.embed(table as never, ids(700, 300)),
    shapes: [[300, 70]],
    kernels: ['embedding lookup', 'embedding gradient'],
  },
  'cross-entropy of 331 classes': {
    f: (logits) => core.softmaxCrossEntropy(logits as never, ids(150, 331) as never),
    shapes: [[150, 331]],
    scale: 30, // the largest logit is what counts, wherever it stands
    kernels: ['softmax cross-entropy', 'softmax cross-entropy gradient'],
  },
  'smoothed cross-entropy of 331 classes': {
    f: (logits) => core.softmaxCrossEntropy(logits as never, ids(70, 331) as never, { labelSmoothing: 0.2 }),
    shapes: [[70, 331]],
    kernels: ['softmax cross-entropy'],
  },
  'layer norm of 300 rows of 333': {
    f: (x, w, b) => core.layerNorm(x, w, b!, 1e-5),
    shapes: [[300, 333], [333], [333]],
    kernels: ['layer norm'],
    tolerance: 2e-5,
  },
  'RMS norm of 300 rows of 333': {
    f: (x, w) => core.rmsNorm(x, w, 1e-6),
    shapes: [[300, 333], [333]],
    kernels: ['RMS norm'],
    tolerance: 2e-5,
  },
  'RMS norm in groups of 130': {
    f: (x, w) => core.rmsNorm(x, w, 1e-6, { groupSize: 130 }),
    shapes: [[150, 390], [390]],
    kernels: ['RMS norm'],
    tolerance: 2e-5,
  },
  'gelu of 1,000 numbers': { f: (x) => core.gelu(x), shapes: [[1000]], kernels: ['activation gelu'] },
  'tanh gelu of 1,000 numbers': { f: (x) => core.geluTanh(x), shapes: [[1000]], kernels: ['activation geluTanh'] },
  'silu of 1,000 numbers': { f: (x) => core.silu(x), shapes: [[1000]], kernels: ['activation silu'] },
  'dropout of 1,000 numbers': { f: (x) => core.dropElements(x, 0.3, 77), shapes: [[1000]], kernels: ['dropout'] },
  'linear, 300 rows of 130 to 270': {
    f: (x, w, b) => core.linear(x, w, b!),
    shapes: [[300, 130], [130, 270], [270]],
    tolerance: 2e-5,
  },
  'linear scan over 150 steps of 3 x 130 channels': {
    f: (decay, input, initial) => core.linearScan(core.sigmoid(decay) as never, input as never, initial as never),
    shapes: [
      [3, 150, 130],
      [3, 150, 130],
      [3, 130],
    ],
    kernels: ['linear scan', 'linear scan gradient'],
    tolerance: 2e-5,
  },
  'transposed, 70 x 3 x 130': { f: (x) => transpose(x, [2, 0, 1]), shapes: [[70, 3, 130]] },
  'running sum over 1,000': { f: (x) => cumsum(x, 1), shapes: [[3, 1000]], tolerance: 2e-5 },
  'sum of 100,000 numbers': { f: (x) => add(sum(mul(x, x)), 0), shapes: [[100_000]], tolerance: 2e-5 },
};

onEachBackend(
  'kernels beyond one tile',
  (name) => {
    for (const [title, { tolerance = 5e-6, kernels = [], ...call }] of Object.entries(cases)) {
      it(title, { timeout: 120_000 }, () => expectAsReference(name, call, { tolerance, kernels }));
    }

    it('AdamW of 1,000 numbers', { timeout: 120_000 }, async () => {
      const step = async () => {
        const drawn = ['parameter', 'first', 'second', 'gradient'].map((seed) => drawNormal<Tensor>([1000], seed));
        const [parameter, firstMoment] = [variable(drawn[0]!), variable(drawn[1]!)];
        const secondMoment = variable(square(drawn[2]!));
        const options = { learningRate: 1e-2, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1, step: 3 };
        core.adamWStep({ ...options, parameter, firstMoment, secondMoment, gradient: drawn[3]!, scale: 0.7 });
        return Promise.all([parameter, firstMoment, secondMoment].map((each) => each.data()));
      };
      const found = await step();
      await core.openBackend('cpu');
      const wanted = await step();
      await core.openBackend(name);
      for (const [index, values] of found.entries()) {
        expectCloseValues(values as Float32Array, wanted[index] as Float32Array, 2e-6, `${index}`);
      }
    });

    it('the global norm of 70,000 numbers', async () => {
      const x = drawNormal<Tensor>([70_000], 'x');
      const sum = ((await x.data()) as Float32Array).reduce((total, value) => total + value * value, 0);
      expect((await core.globalNorm([x]).data())[0]! / Math.sqrt(sum)).toBeCloseTo(1, 6);
      x.dispose();
    });
  },
  ['webgpu'],
);
