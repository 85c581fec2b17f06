import { dispose, tensor2d } from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';
import { closeBackend, initialize, Linear, linear, openBackend } from '../../src/index.js';

afterEach(() => closeBackend('wasm'));

const make = () => initialize(new Linear(2, 3), 1);

it.each(['cpu', 'wasm'] as const)('%s: a model that was disposed, and tensors that were, say so', async (name) => {
  await openBackend(name);
  const model = make();
  const x = tensor2d([[1, 2]]);
  model.dispose();
  expect(() => model.apply(x)).toThrow('expected values, got none: the model was disposed');
  initialize(model, 2);
  expect(model.apply(x).shape).toEqual([1, 3]);
  dispose(x);
  expect(() => linear(x, model.weight.value, null)).toThrow(
    'linear, x: expected a tensor with its values, got one that was disposed',
  );
  model.dispose();
});

it('a model whose backend was closed says so', async () => {
  const backend = await openBackend('wasm');
  const model = make();
  backend.close();
  await openBackend('cpu');
  expect(() => model.apply(tensor2d([[1, 2]]))).toThrow(
    'expected values on a backend that is open, got those of one that was closed, which are gone',
  );
});
