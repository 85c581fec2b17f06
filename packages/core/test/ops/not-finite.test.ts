import { drawNormal, onEachBackend } from '@sequitur/laws';
import { grads, sum, type Tensor, tensor, tidy, variable } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import * as core from '../../src/index.js';

const ids = (values: number[]) => tensor(values, [values.length], 'int32');
const isNaNs = async (x: Tensor) => [...(await x.data())].map(Number.isNaN);

/** NaN as JavaScript writes it, and as memory of ones reads: kernels that work on bits may take them for different. */
const NANS = { NaN: Number.NaN, 'a NaN of ones': new Float32Array(Uint32Array.of(0xffffffff).buffer)[0]! };

const activations = {
  ...{ gelu: core.gelu, geluTanh: core.geluTanh, quickGelu: core.quickGelu, gelu10: core.gelu10, relu: core.relu },
  ...{ reluSquared: core.reluSquared, relu6: core.relu6, leakyRelu: core.leakyRelu, silu: core.silu, mish: core.mish },
  ...{ softplus: core.softplus, tanh: core.tanh, sigmoid: core.sigmoid, identity: core.identity },
};

/** Each op: what it is of, and how many numbers of its result one of its inputs reaches; the first input has a NaN. */
const ops: Record<string, { shapes: number[][]; f: (...inputs: Tensor[]) => Tensor; reached: number }> = {
  linear: { shapes: [[9, 7], [7, 11], [11]], f: (x, w, b) => core.linear(x, w, b!), reached: 11 },
  'linear by its weight': {
    shapes: [
      [7, 11],
      [9, 7],
    ],
    f: (w, x) => core.linear(x!, w, null),
    reached: 9,
  },
  'layer norm': { shapes: [[5, 21], [21], [21]], f: (x, w, b) => core.layerNorm(x, w, b!, 1e-5), reached: 21 },
  'RMS norm': { shapes: [[5, 21], [21]], f: (x, w) => core.rmsNorm(x, w, 1e-6), reached: 21 },
  embedding: { shapes: [[5, 7]], f: (table) => core.embed(table as never, ids([0, 3, 0])), reached: 2 },
  'cross-entropy': {
    shapes: [[4, 301]],
    f: (z) => core.softmaxCrossEntropy(z as never, ids([1, 2, 3, 4]) as never),
    reached: 1,
  },
  'smoothed cross-entropy': {
    shapes: [[4, 9]],
    f: (z) => core.softmaxCrossEntropy(z as never, ids([1, 2, 3, 4]) as never, { labelSmoothing: 0.1 }),
    reached: 1,
  },
  'binary cross-entropy': { shapes: [[9], [9]], f: (z, t) => core.binaryCrossEntropy(z, core.sigmoid(t!)), reached: 1 },
  'mean squared error': { shapes: [[9], [9]], f: (a, b) => core.meanSquaredError(a, b!), reached: 1 },
  'global norm': { shapes: [[70], [3]], f: (a, b) => core.globalNorm([b!, a]), reached: 1 },
  'clipping scale': { shapes: [[70]], f: (a) => core.clippingScale(core.globalNorm([a]), 1), reached: 1 },
  'linear scan': {
    shapes: [
      [1, 5, 3],
      [1, 5, 3],
      [1, 3],
    ],
    f: (input, decay, initial) => core.linearScan(decay as never, input as never, initial as never),
    reached: 5,
  },
};

onEachBackend('what is not finite', () => {
  for (const [kind, nan] of Object.entries(NANS)) {
    for (const [name, activation] of Object.entries(activations)) {
      it(`${kind} through ${name}`, async () => {
        for (const count of [1, 7, 33]) {
          const values = Float32Array.from({ length: count }, (_, i) => (i % 4 === 0 ? nan : i / 4 - 3));
          const wanted = [...values].map(Number.isNaN);
          const x = tensor(values);
          expect(await isNaNs(activation(x)), `${count} numbers`).toEqual(wanted);
          const [gradient] = grads((given: Tensor) => tidy(() => sum(activation(given))))([x]) as [Tensor];
          const steps = ['relu', 'relu6', 'leakyRelu', 'reluSquared', 'gelu10', 'identity']; // of which a slope may be a number
          if (!steps.includes(name)) expect(await isNaNs(gradient), 'gradient').toEqual(wanted);
        }
      });
    }

    for (const [name, { shapes, f, reached }] of Object.entries(ops)) {
      it(`${kind} through ${name}`, async () => {
        const inputs = shapes.map((shape, index) => drawNormal<Tensor>(shape, `${name} ${index}`));
        const values = ((await inputs[0]!.data()) as Float32Array).slice();
        values[0] = nan;
        const spoilt = tensor(values, shapes[0]!);
        const found = await isNaNs(tidy(() => f(spoilt, ...inputs.slice(1))));
        expect(found.filter((each) => each).length).toBe(reached);
      });
    }

    it(`${kind} in a gradient that AdamW takes`, async () => {
      const gradient = tensor([1, nan, 1, 1, 1, nan, 1]);
      const [parameter, firstMoment, secondMoment] = [1, 0, 0].map((value) =>
        variable(tensor(new Array(7).fill(value))),
      );
      const options = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, step: 1 };
      const moments = { parameter: parameter!, firstMoment: firstMoment!, secondMoment: secondMoment! };
      core.adamWStep({ ...options, ...moments, gradient });
      expect(await isNaNs(parameter!)).toEqual([false, true, false, false, false, true, false]);
    });
  }

  // log(e^0 + e^1) = 1.31326; -Infinity has no part in it.
  it('logits of -Infinity are no part of a cross-entropy, and have no slope', async () => {
    const logits = tensor([-Infinity, 0, 1, 0, -Infinity, 1, -Infinity, -Infinity, -Infinity], [3, 3]);
    const loss = (z: Tensor) => core.softmaxCrossEntropy(z as never, ids([1, 1, 1]) as never);
    const values = [...(await loss(logits).data())];
    expect(values[0]).toBeCloseTo(1.31326, 5);
    expect(values[1]).toBe(Infinity);
    expect(values[2]).toBeNaN();
    const [gradient] = grads((z: Tensor) => tidy(() => sum(loss(z))))([logits]) as [Tensor];
    const slopes = [...(await gradient.data())].slice(0, 3);
    expect(slopes[0]).toBe(0);
    expect(slopes[1]).toBeCloseTo(1 / (1 + Math.E) - 1, 5);
    expect(slopes[2]).toBeCloseTo(Math.E / (1 + Math.E), 5);
    expect((await core.crossEntropy(tensor([[-Infinity, 0, 1]]), ids([1])).data())[0]).toBeCloseTo(1.31326, 5);
  });
});
