import { drawNormal, expectClose, expectGradientOfDifferences, onEachBackend } from '@sequitur/laws';
import {
  cast,
  cumsum,
  dispose,
  gather,
  matMul,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { append, embed, linear } from '../../src/index.js';

onEachBackend('gradients where tfjs fails', () => {
  for (const axis of [0, 1, 2]) {
    for (const [exclusive, reverse] of [
      [false, false],
      [true, false],
      [false, true],
    ] as const) {
      it(`a running sum along axis ${axis}${exclusive ? ', exclusive' : ''}${reverse ? ', from the end' : ''}`, async () => {
        const x = drawNormal([3, 4, 2], 'x');
        await expectGradientOfDifferences((value) => cumsum(value, axis, exclusive, reverse), [x]);
        x.dispose();
      });
    }
  }

  it('running sums of one length after another', async () => {
    for (const length of [5, 3, 70, 200]) {
      for (const [exclusive, reverse] of [
        [false, true],
        [true, true],
        [true, false],
      ] as const) {
        const x = drawNormal<Tensor2D>([2, length], 'x');
        const values = await x.data();
        const wanted = new Float32Array(values.length);
        for (const row of [0, 1]) {
          let sum = 0;
          for (let step = 0; step < length; step++) {
            const at = row * length + (reverse ? length - 1 - step : step);
            wanted[at] = exclusive ? sum : sum + values[at]!;
            sum += values[at]!;
          }
        }
        await expectClose(cumsum(x, 1, exclusive, reverse), tensor(wanted, [2, length]), 1e-6, `length ${length}`);
        x.dispose();
      }
    }
  });

  it('transpositions of integers and booleans, which do not compile on WebGPU', async () => {
    const values = Array.from({ length: 24 }, (_, i) => i % 5);
    for (const dtype of ['int32', 'bool'] as const) {
      const given = dtype === 'bool' ? values.map((value) => value % 2) : values;
      const x = tensor(given, [2, 3, 4], dtype);
      for (const perm of [
        [0, 2, 1],
        [2, 0, 1],
        [1, 0, 2],
      ]) {
        const [found, wanted] = tidy(() => [transpose(x, perm), transpose(tensor(given, [2, 3, 4]), perm)]);
        expect([found!.dtype, found!.shape]).toEqual([dtype, wanted!.shape]);
        expect([...(await found!.data())]).toEqual([...(await wanted!.data())]);
        dispose([found!, wanted!]);
      }
      x.dispose();
    }
  });

  it('integers and booleans as floats, which tfjs only calls so on WebGPU', async () => {
    const whole = [0, 1, 1, 0, 1, 1];
    for (const dtype of ['int32', 'bool'] as const) {
      const x = tensor(whole, [2, 3], dtype);
      const weight = tensor([1, 10, 100, 1000, 10000, 100000], [3, 2]);
      const [sums, product] = tidy(() => {
        const floats = cast(x, 'float32');
        return [cumsum(floats, 1), linear(floats, weight, null)] as [Tensor, Tensor];
      });
      expect([...(await sums.data())]).toEqual([0, 1, 2, 0, 1, 2]);
      expect([...(await product.data())]).toEqual([10100, 101000, 10100, 101000]);
      const memory = append(null, 0, cast(x, 'float32'));
      expect([...(await memory.data())].slice(0, 3)).toEqual([0, 1, 1]);
      dispose([x, weight, sums, product, memory]);
    }
  });

  it('a matrix applied to every row of a batch', async () => {
    const [x, weight] = [drawNormal([2, 3, 5], 'x'), drawNormal<Tensor2D>([5, 4], 'weight')];
    await expectGradientOfDifferences((a, b) => linear(a!, b!, null), [x, weight]);
    x.dispose();
    weight.dispose();
  });

  it('products of batches, whichever is transposed', async () => {
    for (const [a, b] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const x = drawNormal(a ? [2, 5, 3] : [2, 3, 5], 'x');
      const y = drawNormal(b ? [2, 4, 5] : [2, 5, 4], 'y');
      await expectGradientOfDifferences((s, t) => matMul(s as Tensor3D, t as Tensor3D, a, b), [x, y]);
      x.dispose();
      y.dispose();
    }
  });

  it('an embedding, which tfjs cannot train on WebAssembly', async () => {
    const table = drawNormal<Tensor2D>([4, 3], 'table');
    const ids = tensor([3, 0, 3, 3], [4], 'int32');
    await expectGradientOfDifferences((t) => embed(t as Tensor2D, ids), [table]);
    // Looked up outside a gradient it is tfjs's own gather.
    const [found, wanted] = tidy(() => [embed(table, ids), gather(table, ids)] as [Tensor, Tensor]);
    expect(await found.data()).toEqual(await wanted.data());
  });
});
