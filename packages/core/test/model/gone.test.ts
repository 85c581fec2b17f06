import { dispose, tensor2d } from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';
import { closeBackend, initialize, Linear, linear, openBackend } from '../../src/index.js';

afterEach(() => closeBackend('wasm'));

const make = () => initialize(new Linear(2, 3), 1);

it.each(['cpu', 'wasm'] as const)('%s: a model that was disposed and tensors that were are refused', async (name) => {
  await openBackend(name);
  const model = make();
  const x = tensor2d([[1, 2]]);
  model.dispose();
  expect(() => model.apply(x)).toThrow('expected values, got none: the model was disposed');
  initialize(model, 2);
  expect(model.apply(x).shape).toEqual([1, 3]);
  dispose(x);
  expect(() => linear(x, model.weight.value, null)).toThrow(
    'linear, x: expected a tensor that was not disposed, got one that was disposed',
  );
  model.dispose();
});

it('a model whose backend was closed is refused', async () => {
  const backend = await openBackend('wasm');
  const model = make();
  backend.close();
  await openBackend('cpu');
  expect(() => model.apply(tensor2d([[1, 2]]))).toThrow(
    'expected a tensor on an open backend, got one whose backend was closed',
  );
});
