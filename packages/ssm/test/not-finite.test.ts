import { drawNormal, onEachBackend } from '@sequitur/laws';
import { exp, neg, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { causalConvolution, type SelectiveScan, selectiveScan } from '../src/index.js';

const [BATCH, LENGTH, INNER, STATE] = [2, 5, 6, 3];

const drawn = (): Record<string, Tensor> => ({
  x: drawNormal([BATCH, LENGTH, INNER], 'x'),
  stepSize: drawNormal([BATCH, LENGTH, INNER], 'step'),
  stateMatrix: neg(exp(drawNormal([INNER, STATE], 'A'))),
  inputMatrix: drawNormal([BATCH, LENGTH, 1, STATE], 'B'),
  outputMatrix: drawNormal([BATCH, LENGTH, 1, STATE], 'C'),
  skip: drawNormal([INNER], 'D'),
  stepBias: drawNormal([INNER], 'bias'),
  initialState: drawNormal([BATCH, INNER, STATE], 'h'),
});

/** Places [text, step, channel] that the first number of each tensor reaches. */
const reached: Record<string, (b: number, t: number, c: number) => boolean> = {
  x: (b, _t, c) => b === 0 && c === 0,
  stepSize: (b, _t, c) => b === 0 && c === 0,
  stateMatrix: (_b, _t, c) => c === 0,
  inputMatrix: (b) => b === 0,
  outputMatrix: (b, t) => b === 0 && t === 0,
  skip: (_b, _t, c) => c === 0,
  stepBias: (_b, _t, c) => c === 0,
  initialState: (b, _t, c) => b === 0 && c === 0,
};

async function withNaN(x: Tensor): Promise<Tensor> {
  const values = ((await x.data()) as Float32Array).slice();
  values[0] = Number.NaN;
  return tensor(values, x.shape);
}

onEachBackend('state spaces', () => {
  for (const softplus of [true, false]) {
    for (const [name, isReached] of Object.entries(reached)) {
      it(`NaN in ${name} of a selective scan is NaN where it is read, softplus ${softplus}`, async () => {
        const tensors = drawn();
        tensors[name] = await withNaN(tensors[name]!);
        const { y } = selectiveScan(tensors as unknown as SelectiveScan, { softplus, chunkLength: 2 });
        const found = [...(await y.data())].map(Number.isNaN);
        const wanted = found.map((_, i) =>
          isReached(Math.floor(i / (LENGTH * INNER)), Math.floor(i / INNER) % LENGTH, i % INNER),
        );
        expect(found).toEqual(wanted);
      });
    }
  }

  it('NaN in a causal convolution is NaN where it is read', async () => {
    const x = await withNaN(drawNormal([1, 6, 5], 'x'));
    const y = causalConvolution({
      x: x as never,
      weight: drawNormal([3, 5], 'w') as never,
      bias: drawNormal([5], 'b'),
    }).y;
    const found = [...(await y.data())].map(Number.isNaN);
    expect(found).toEqual(found.map((_, i) => i % 5 === 0 && i < 15));
  });
});
