import { drawNormal, expectClose, onEachBackend } from '@sequitur/laws';
import { add, dispose, fill, grads, mul, square, type Tensor, tensor, tidy, variable } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import * as core from '../../src/index.js';

const ids = (values: number[], shape: number[]) => tensor(values, shape, 'int32');

/** Each case: an op, and shapes of its float32 inputs. Widths around the sizes of vectors and workgroups. */
const cases: Record<string, { f: (...inputs: Tensor[]) => Tensor; shapes: number[][] }> = {
  'linear with bias': { f: (x, w, b) => core.linear(x, w, b!), shapes: [[2, 3, 5], [5, 6], [6]] },
  'linear without bias': {
    f: (x, w) => core.linear(x, w, null),
    shapes: [
      [7, 5],
      [5, 9],
    ],
  },
  'layer norm, narrow': { f: (x, w, b) => core.layerNorm(x, w, b!, 1e-5), shapes: [[2, 3, 10], [10], [10]] },
  'layer norm, wide': { f: (x, w, b) => core.layerNorm(x, w, b!, 1e-5), shapes: [[9, 133], [133], [133]] },
  'layer norm without bias': { f: (x, w) => core.layerNorm(x, w, null, 1e-5), shapes: [[40, 65], [65]] },
  'layer norm far from zero': {
    f: (x, w, b) => core.layerNorm(add(mul(x, 1 / 8), 1000), w, b!, 1e-5),
    shapes: [[9, 40], [40], [40]],
  },
  'RMS norm': { f: (x, w) => core.rmsNorm(x, w, 1e-6), shapes: [[2, 3, 130], [130]] },
  'RMS norm with an offset': { f: (x, w) => core.rmsNorm(x, w, 1e-6, { weightOffset: 1 }), shapes: [[20, 8], [8]] },
  'RMS norm in groups': { f: (x, w) => core.rmsNorm(x, w, 1e-6, { groupSize: 12 }), shapes: [[11, 36], [36]] },
  gelu: { f: (x) => core.gelu(x), shapes: [[3, 101]] },
  'tanh gelu': { f: (x) => core.geluTanh(x), shapes: [[3, 101]] },
  silu: { f: (x) => core.silu(x), shapes: [[3, 101]] },
  dropout: { f: (x) => core.dropElements(x, 0.3, 4_000_000_017), shapes: [[5, 99]] },
  'embedding of 2 axes': {
    f: (table) => core.embed(table as never, ids([0, 3, 3, 1, 2, 3], [2, 3])),
    shapes: [[5, 70]],
  },
  'embedding with a padding id': {
    f: (table) => core.embed(table as never, ids([0, 3, 3, 1], [4]), { padding: 3 }),
    shapes: [[5, 7]],
  },
  'experts, grouped': {
    f: (x, w) => core.expertLinear(x as never, w as never, ids([0, 0, 0, 0, 0, 3, 1], [7]) as never),
    shapes: [
      [7, 70],
      [5, 70, 67],
    ],
  },
  'experts, mixed': {
    f: (x, w) => core.expertLinear(x as never, w as never, ids([2, 0, 2, 1], [4]) as never),
    shapes: [
      [4, 5],
      [3, 5, 9],
    ],
  },
  'cross-entropy': {
    f: (logits) => core.softmaxCrossEntropy(logits as never, ids([1, -100, 4, 0], [4]) as never),
    shapes: [[4, 301]],
  },
  'smoothed cross-entropy': {
    f: (logits) =>
      core.softmaxCrossEntropy(logits as never, ids([1, 7, 4, 0], [4]) as never, {
        labelSmoothing: 0.1,
        ignoreLabel: 7,
      }),
    shapes: [[4, 9]],
  },
};

onEachBackend('kernel against reference', () => {
  for (const [name, { f, shapes }] of Object.entries(cases)) {
    it(name, async () => {
      const inputs = shapes.map((shape, index) => drawNormal<Tensor>(shape, `${name} ${index}`));
      const run = () => {
        const output = tidy(() => f(...inputs));
        const dy = drawNormal<Tensor>(output.shape, 'dy');
        const gradients = grads((...values: Tensor[]) => tidy(() => f(...values)))(inputs, dy) as Tensor[];
        dy.dispose();
        return [output, ...gradients];
      };
      const [found, wanted] = [run(), core.byReference(run)];
      for (const [index, tensor] of found.entries()) {
        const what = index === 0 ? 'value' : `gradient ${index - 1}`;
        await expectClose(tensor, wanted[index]!, 3e-6, what);
      }
      for (const input of inputs) input.dispose();
    });
  }

  it('keeps large numbers finite', async () => {
    const x = tensor([-1e4, -200, -90, 0, 90, 200, 1e4]);
    for (const activation of [core.gelu, core.geluTanh, core.silu]) {
      const [gradient] = grads((values: Tensor) => activation(values))([x]) as [Tensor];
      const value = activation(x);
      expect([...(await value.data())].every(Number.isFinite)).toBe(true);
      expect([...(await gradient.data())].map((slope) => Math.round(slope * 2) / 2 + 0)).toEqual([
        0, 0, 0, 0.5, 1, 1, 1,
      ]);
    }
    const logits = tensor([1e4, 0, -100, -100], [2, 2]);
    const losses = core.softmaxCrossEntropy(logits as never, ids([1, 0], [2]) as never);
    expect((await losses.data())[0]).toBeCloseTo(1e4, 0);
    expect((await losses.data())[1]).toBeCloseTo(Math.log(2), 5);
  });

  for (const scaled of [false, true]) {
    it(`AdamW${scaled ? ' with a scale that is a tensor' : ''}`, async () => {
      const step = async (byReference: boolean) => {
        const draw = (seed: string) => drawNormal<Tensor>([3, 107], seed);
        const [parameter, firstMoment] = [variable(draw('parameter')), variable(draw('first'))];
        const secondMoment = variable(tidy(() => square(draw('second'))));
        const scale = scaled ? core.clippingScale(core.globalNorm([draw('gradient')]), 1) : 0.7;
        const options = { learningRate: 1e-2, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1, step: 3 };
        const kept = byReference ? parameter.clone() : null; // what is shared is not written in place
        const before = kept && (await kept.data()).slice();
        core.adamWStep({ ...options, parameter, firstMoment, secondMoment, gradient: draw('gradient'), scale });
        if (kept) expect(await kept.data()).toEqual(before);
        return [parameter, firstMoment, secondMoment];
      };
      const [found, wanted] = [await step(false), await step(true)];
      for (const [index, tensor] of found.entries()) await expectClose(tensor, wanted[index]!, 1e-6, `${index}`);
    });
  }

  it('AdamW with a second moment that decays so slowly that 1 - β₂ loses digits in float32', async () => {
    const [parameter, firstMoment, secondMoment] = [0, 0, 0].map((value) => variable(fill([5], value)));
    const options = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, step: 1 };
    const gradient = fill([5], 1);
    core.adamWStep({
      ...options,
      parameter: parameter!,
      firstMoment: firstMoment!,
      secondMoment: secondMoment!,
      gradient,
    });
    for (const value of await secondMoment!.data()) expect(value / 1e-3).toBeCloseTo(1, 6);
    dispose([parameter!, firstMoment!, secondMoment!, gradient]);
  });

  it('the global norm of small and of large tensors', async () => {
    const tensors = [drawNormal<Tensor>([3], 'a'), drawNormal<Tensor>([7, 5003], 'b')];
    let sum = 0;
    for (const each of tensors) for (const value of await each.data()) sum += value * value;
    const norm = core.globalNorm(tensors);
    expect((await norm.data())[0]! / Math.sqrt(sum)).toBeCloseTo(1, 6);
  });
});
