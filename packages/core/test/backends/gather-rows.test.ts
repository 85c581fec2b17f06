import { type DataType, gather, ones, tensor, tensor1d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openBackend } from '../../src/index.js';

const SHAPES: readonly (readonly number[])[] = [[5], [5, 3], [4, 2, 3], [3, 1, 2, 2], [3, 0]];

/** Rows in another order and several times, by every kind of number and shape. */
async function gatheredOn(backend: 'cpu' | 'wasm') {
  await openBackend(backend);
  const found: unknown[] = [];
  for (const dtype of ['float32', 'int32', 'bool'] satisfies DataType[]) {
    // tfjs's own kernel, which keeps truth values, gives empty ones another shape.
    for (const shape of dtype === 'bool' ? SHAPES.slice(0, -1) : SHAPES) {
      const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index % 7);
      const x = tensor(values, [...shape], dtype);
      const y = gather(x, tensor([2, 0, 0, 1], [2, 2], 'int32'));
      found.push({ dtype: y.dtype, shape: y.shape, values: [...(await y.data())] });
      if (shape.length > 1 && shape[1]! > 0) found.push([...(await gather(x, tensor1d([0], 'int32'), 1).data())]);
    }
  }
  return found;
}

it('gathers rows on wasm as cpu does', async () => {
  expect(await gatheredOn('wasm')).toEqual(await gatheredOn('cpu'));
});

it('keeps the bits of numbers that are none, and refuses rows that are not there', async () => {
  await openBackend('wasm');
  const x = tensor([Number.NaN, -0, Number.POSITIVE_INFINITY, 1e-40], [2, 2]);
  const [first, ...others] = await gather(x, tensor1d([1, 0], 'int32')).data();
  expect(first).toBe(Number.POSITIVE_INFINITY);
  expect(others[1]).toBeNaN();
  expect(Object.is(others[2], -0)).toBe(true);
  expect(() => gather(ones([2, 2]), tensor1d([2], 'int32'))).toThrow(/index/);
});
