import { drawNormal, expectCloseValues } from '@sequitur/laws';
import { grads, matMul, mul, sum, type Tensor, type Tensor1D, type Tensor2D, tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  type BackendName,
  closeBackend,
  gelu,
  geluTanh,
  linear,
  openBackend,
  softmaxCrossEntropy,
} from '../../src/index.js';

/** A loss through products, activations and cross-entropy of sizes that fill no tile. */
function loss(x: Tensor, up: Tensor, bias: Tensor, down: Tensor): Tensor {
  const hidden = linear(x, up, bias);
  const logits = matMul(mul(gelu(hidden), geluTanh(hidden)) as Tensor2D, down as Tensor2D, false, true) as Tensor2D;
  const labels = tensor(Int32Array.from({ length: 37 }, (_, row) => row % 19)) as Tensor1D;
  return sum(softmaxCrossEntropy(logits, labels));
}

it.each([true, false])('computes the same with fused products: %s', async (fusedProducts) => {
  closeBackend('wasm');
  const { capabilities } = await openBackend('wasm', { fusedProducts });
  expect(capabilities.fusedProducts).toMatchObject({ found: fusedProducts });
  const [computed, wanted] = [await gradientsOn('wasm'), await gradientsOn('cpu')];
  for (const [index, values] of computed.entries()) {
    expectCloseValues(values, wanted[index]!, 2e-6, `gradient ${index}`);
  }
});

it('rounds once instead of twice where products are fused', async () => {
  const outcomes = [];
  for (const fusedProducts of [true, false]) {
    closeBackend('wasm');
    await openBackend('wasm', { fusedProducts });
    outcomes.push(await gradientsOn('wasm'));
  }
  expect(outcomes[0]).not.toEqual(outcomes[1]);
});

async function gradientsOn(backend: BackendName): Promise<Float32Array[]> {
  await openBackend(backend);
  const shapes = [[37, 13], [13, 801], [801], [19, 801]];
  const inputs = shapes.map((shape, index) => mul(drawNormal<Tensor>(shape, `${index}`), 0.2));
  const gradients = grads(loss)(inputs);
  return Promise.all(gradients.map((gradient) => gradient.data() as Promise<Float32Array>));
}
