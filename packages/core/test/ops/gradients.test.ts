import { expectGradientOfDifferences, onEachBackend } from '@sequitur/laws';
import { type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as core from '../../src/index.js';

/** Each case: what is differentiated, and the shapes of its float32 inputs. */
const cases: Record<string, { f: (...inputs: Tensor[]) => Tensor; shapes: number[][]; away?: number }> = {
  'linear with bias': { f: (x, w, b) => core.linear(x, w, b!), shapes: [[2, 3, 5], [5, 6], [6]] },
  'linear without bias': {
    f: (x, w) => core.linear(x, w, null),
    shapes: [
      [7, 5],
      [5, 9],
    ],
  },
  'layer norm': { f: (x, w, b) => core.layerNorm(x, w, b!, 1e-5), shapes: [[2, 3, 10], [10], [10]] },
  'layer norm without bias': { f: (x, w) => core.layerNorm(x, w, null, 1e-5), shapes: [[4, 7], [7]] },
  'RMS norm': { f: (x, w) => core.rmsNorm(x, w, 1e-6), shapes: [[2, 3, 10], [10]] },
  'RMS norm in groups': { f: (x, w) => core.rmsNorm(x, w, 1e-6, { groupSize: 4 }), shapes: [[3, 8], [8]] },
  'RMS norm with a gate': { f: (x, w, g) => core.rmsNorm(x, w, 1e-6, { gate: g! }), shapes: [[3, 8], [8], [3, 8]] },
  dropout: { f: (x) => core.dropElements(x, 0.3, 17), shapes: [[5, 9]] },
  embedding: {
    f: (table) => core.embed(table as never, tensor([0, 3, 3, 1, 2, 3], [2, 3], 'int32')),
    shapes: [[5, 7]],
  },
  'cross-entropy': {
    f: (logits) => core.crossEntropy(logits, tensor([1, -100, 4, 0], [4], 'int32')),
    shapes: [[4, 5]],
  },
  'smoothed cross-entropy, summed': {
    f: (logits) =>
      core.crossEntropy(logits, tensor([1, -100, 4, 0], [2, 2], 'int32'), { reduction: 'sum', labelSmoothing: 0.2 }),
    shapes: [[2, 2, 7]],
  },
  'binary cross-entropy': {
    f: (logits) => core.binaryCrossEntropy(logits, tensor([0, 1, 0.5, 1, 0, 0], [2, 3])),
    shapes: [[2, 3]],
  },
  'mean squared error': {
    f: (found) => core.meanSquaredError(found, tensor([0, 1, 0.5, 1, 0, 0], [2, 3])),
    shapes: [[2, 3]],
  },
};
// The corners of a function have no derivative: numbers are kept a little away from them.
for (const name of core.activationNames)
  cases[`activation ${name}`] = { f: core.activationByName(name), shapes: [[3, 11]], away: 0.05 };

function draw(shape: number[], random: core.Random, away = 0): Tensor {
  const values = Float32Array.from({ length: core.sizeOf(shape) }, () => {
    const value = random.normal();
    return Math.abs(value) < away ? value + 2 * away : value;
  });
  return tensor(values, shape);
}

onEachBackend('gradient against differences', () => {
  let inputs: Tensor[] = [];
  afterEach(() => {
    for (const input of inputs) input.dispose();
    inputs = [];
  });
  for (const [name, { f, shapes, away }] of Object.entries(cases)) {
    it(name, async () => {
      const random = core.Random.fromSeed(name);
      inputs = shapes.map((shape) => draw(shape, random, away));
      await expectGradientOfDifferences((...values) => tidy(() => f(...values)), inputs);
    });
  }
});

onEachBackend('layers', (name) => {
  let before = 0;
  let backend: core.Backend;
  beforeEach(async () => {
    backend = await core.openBackend(name);
    before = backend.memory().tensors;
  });
  it('free what they take', async () => {
    const layers = [
      new core.Linear(6, 4),
      new core.LayerNorm(6),
      new core.RmsNorm(6),
      new core.FeedForward({ width: 6, hiddenWidth: 8, activation: core.gelu }),
      new core.GatedFeedForward({ width: 6, hiddenWidth: 8, activation: core.silu }),
    ];
    const x = tensor(new Float32Array(12).fill(0.5), [1, 2, 6]);
    for (const layer of layers) {
      core.initialize(layer, 1);
      const output = layer.apply(x as never);
      output.dispose();
      layer.dispose();
    }
    x.dispose();
    expect(backend.memory().tensors).toBe(before);
  });
});
