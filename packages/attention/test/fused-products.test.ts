import { type BackendName, closeBackend, openBackend } from '@sequitur/core';
import { randomNormal, sum, type Tensor, type Tensor4D, tidy, valueAndGrads } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { attention, causal } from '../src/index.js';

it.each([true, false])('computes the same with fused products: %s', async (fusedProducts) => {
  closeBackend('wasm');
  const { capabilities } = await openBackend('wasm', { fusedProducts });
  expect(capabilities.fusedProducts).toMatchObject({ found: fusedProducts });
  const computed = await outcome('wasm');
  const wanted = await outcome('cpu');
  for (const [index, values] of computed.entries()) {
    const error = values.reduce((worst, value, i) => Math.max(worst, Math.abs(value - wanted[index]![i]!)), 0);
    expect(error, ['sum', 'dquery', 'dkey', 'dvalue'][index]).toBeLessThan(1e-4);
  }
});

/** Sum, and gradients of it, of heads that fill whole tiles and of some that do not. */
async function outcome(backend: BackendName): Promise<Float32Array[]> {
  await openBackend(backend);
  const inputs = [1, 2, 3].map((seed) => randomNormal([1, 150, 2, 20], 0, 1, 'float32', seed)) as Tensor4D[];
  const { value, grads } = valueAndGrads((...given: Tensor[]) => {
    const [query, key, value] = given as [Tensor4D, Tensor4D, Tensor4D];
    return tidy(() => sum(attention(query, key, value, { pattern: causal() })));
  })(inputs);
  const results = await Promise.all([value, ...grads].map((tensor) => tensor.data() as Promise<Float32Array>));
  for (const tensor of [value, ...grads, ...inputs]) tensor.dispose();
  return results;
}
