import { distance, drawNormal, expectGradientOfDifferences, onEachBackend } from '@sequitur/laws';
import {
  concat,
  dispose,
  exp,
  grads,
  mul,
  neg,
  reshape,
  slice,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { stateSpaceDuality } from '../src/index.js';

/** x, logarithms of decays, input and output matrices, initial state. */
function inputsOf(batch: number, length: number): Tensor[] {
  const [heads, headSize, groups, state] = [4, 3, 2, 5];
  return [
    drawNormal([batch, length, heads, headSize], 'x'),
    neg(exp(drawNormal([batch, length, heads], 'a'))),
    drawNormal([batch, length, groups, state], 'B'),
    drawNormal([batch, length, groups, state], 'C'),
    drawNormal([batch, heads, headSize, state], 'h'),
  ];
}

function scan(values: readonly Tensor[], chunk: number, resets?: Tensor2D) {
  const [x, logDecay, inputMatrix, outputMatrix, initialState] = values;
  return stateSpaceDuality(
    {
      x: x as Tensor4D,
      logDecay: logDecay as Tensor3D,
      inputMatrix: inputMatrix as Tensor4D,
      outputMatrix: outputMatrix as Tensor4D,
      initialState: initialState as Tensor4D,
      resets,
    },
    chunk,
  );
}

const joined = ({ y, state }: { y: Tensor; state: Tensor }) => concat([reshape(y, [-1]), reshape(state, [-1])]);

onEachBackend('state-space duality', () => {
  it('gives the same outputs and gradients with chunks of 1, 3, 64 and the whole', async () => {
    const inputs = inputsOf(2, 10);
    const weights = drawNormal([2 * 10 * 4 * 3 + 2 * 4 * 3 * 5], 'weights');
    const all = (chunk: number) => {
      const f = (...values: Tensor[]) => sum(mul(joined(scan(values, chunk)), weights));
      return [joined(scan(inputs, chunk)), ...grads(f)(inputs)];
    };
    const whole = all(10);
    for (const chunk of [1, 3, 64]) {
      const found = all(chunk);
      for (const [index, wanted] of whole.entries()) expect(await distance(found[index]!, wanted)).toBeLessThan(3e-5);
      dispose(found);
    }
    dispose([...whole, ...inputs, weights]);
  });

  it('has the gradient of finite differences, resets included', async () => {
    const inputs = inputsOf(1, 6);
    const resets = tensor([0, 0, 0, 1, 0, 0], [1, 6]) as Tensor2D;
    await expectGradientOfDifferences((...values) => joined(scan(values, 4, resets)), inputs, { samples: 6 });
    dispose([...inputs, resets]);
  });

  it('passes the state on, and starts from an empty one at a reset', async () => {
    const inputs = inputsOf(1, 9);
    const part = (from: number, count: number, initial: Tensor) => [
      ...inputs.slice(0, 4).map((x) => slice(x, [0, from], [1, count])),
      initial,
    ];
    const whole = scan(inputs, 4);
    const first = scan(part(0, 5, inputs[4]!), 4);
    const second = scan(part(5, 4, first.state), 4);
    expect(await distance(concat([first.y, second.y], 1), whole.y)).toBeLessThan(1e-5);
    expect(await distance(second.state, whole.state)).toBeLessThan(1e-5);
    for (const at of [4, 6]) {
      const resets = tensor(
        Array.from({ length: 9 }, (_, t) => (t === at ? 1 : 0)),
        [1, 9],
      ) as Tensor2D;
      const packed = scan(inputs, 4, resets);
      const alone = scan(part(at, 9 - at, mul(inputs[4]!, 0)), 4);
      expect(await distance(slice(packed.y, [0, at], [1, 9 - at]), alone.y)).toBeLessThan(1e-5);
      expect(await distance(packed.state, alone.state)).toBeLessThan(1e-5);
    }
  });
});
