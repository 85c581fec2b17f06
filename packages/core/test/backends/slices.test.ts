import { backend, type DataType, grad, slice, split, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import { openBackend, Random } from '../../src/index.js';

/** Random slices and splits of tensors of rank 1 to 6, whole ones, empty ones and such with -1 among them. */
async function partsOn(name: 'cpu' | 'wasm') {
  await openBackend(name, { threads: 1 });
  const random = Random.fromSeed('slices');
  const found: unknown[] = [];
  for (let round = 0; round < 120; round++) {
    const shape = Array.from({ length: 1 + random.integer(6) }, () => 1 + random.integer(4));
    const dtype = (['float32', 'int32', 'bool'] satisfies DataType[])[random.integer(3)]!;
    const values = Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      (_, index) => index % (dtype === 'bool' ? 2 : 97),
    );
    const x = tensor(values, shape, dtype);
    const begin = shape.map((size) => random.integer(size));
    const size = shape.map((whole, axis) => (random.integer(4) ? random.integer(whole - begin[axis]! + 1) : -1));
    const axis = random.integer(shape.length);
    const first = random.integer(shape[axis]! + 1);
    const parts = [slice(x, begin, size), ...split(x, [first, shape[axis]! - first], axis)];
    for (const part of parts) found.push({ dtype: part.dtype, shape: part.shape, values: [...(await part.data())] });
  }
  return found;
}

it('slices and splits on wasm as cpu does', async () => {
  expect(await partsOn('wasm')).toEqual(await partsOn('cpu'));
});

it('reads no tensor as a whole', async () => {
  await openBackend('wasm', { threads: 1 });
  const x = tensor([1, 2, 3, 4, 5, 6], [3, 2]);
  const reads = vi.spyOn(backend() as unknown as { readSync(id: object): unknown }, 'readSync');
  const gradient = grad((given: Tensor) => sum(split(given, [1, 2])[1]!))(x);
  const parts = [slice(x, [1, 0], [1, 2]), ...split(x, 3)];
  expect(reads).not.toHaveBeenCalled();
  reads.mockRestore();
  expect([...(await gradient.data())]).toEqual([0, 0, 1, 1, 1, 1]);
  expect([...(await parts[0]!.data())]).toEqual([3, 4]);
});

it('keeps the bits of numbers that are none, and words', async () => {
  await openBackend('wasm', { threads: 1 });
  const part = await slice(tensor([1, Number.NaN, -0], [3]), [1], [2]).data();
  expect(part[0]).toBeNaN();
  expect(Object.is(part[1], -0)).toBe(true);
  expect(await slice(tensor(['a', 'b', 'c']), [1], [1]).data()).toEqual(['b']);
});
