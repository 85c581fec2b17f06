import {
  add,
  grads,
  mul,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor,
  variable,
} from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';
import {
  adamWStep,
  closeBackend,
  dropout,
  gelu,
  geluTanh,
  layerNorm,
  linear,
  openBackend,
  Random,
  rmsNorm,
  silu,
  sizeOf,
  softmaxCrossEntropy,
} from '../../src/index.js';

afterEach(() => closeBackend('wasm'));

const ROWS = 1021;
const WIDTH = 67;

function draw(shape: number[], name: string): Tensor {
  const random = Random.fromSeed(name);
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
    shape,
  );
}

/** A loss through every kernel that goes by rows, numbers or columns. */
function loss(...[x, weight, bias, matrix]: Tensor[]): Tensor {
  const normal = layerNorm(x!, weight!, bias!, 1e-5);
  const active = add(add(gelu(normal), geluTanh(normal)), silu(normal));
  const scaled = rmsNorm(active, weight!, 1e-5);
  const logits = linear(dropout(scaled, 0.3, Random.fromSeed(7)), matrix!, bias!) as Tensor2D;
  const labels = tensor(Int32Array.from({ length: ROWS }, (_, row) => row % WIDTH)) as Tensor1D;
  return sum(mul(softmaxCrossEntropy(logits, labels, { labelSmoothing: 0.1 }), 1 / ROWS));
}

async function outcome(): Promise<Float32Array[]> {
  const inputs = [draw([ROWS, WIDTH], 'x'), draw([WIDTH], 'w'), draw([WIDTH], 'b'), draw([WIDTH, WIDTH], 'm')];
  const gradients = grads(loss)(inputs);
  const [parameter, firstMoment, root] = ['p', 'm1', 'm2'].map((name) => draw([ROWS, WIDTH], name)) as Tensor[];
  const moments = {
    parameter: variable(parameter!),
    firstMoment: variable(firstMoment!),
    secondMoment: variable(add(mul(root!, root!), 1)), // not near 0, where a step would be any length
  };
  const rates = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };
  adamWStep({ ...moments, gradient: gradients[0]!, ...rates, step: 3 });
  const results = [loss(...inputs), ...gradients, ...Object.values(moments)];
  return Promise.all(results.map((result) => result.data() as Promise<Float32Array>));
}

it('gives the same bits on one thread and on three, and the numbers of plain JavaScript', async () => {
  await openBackend('cpu');
  const wanted = await outcome();
  await openBackend('wasm', { threads: 1 });
  const alone = await outcome();
  closeBackend('wasm');
  await openBackend('wasm', { threads: 3 });
  const together = await outcome();
  for (const [index, values] of together.entries()) {
    expect(values, `result ${index}`).toEqual(alone[index]);
    const error = values.reduce((worst, value, i) => Math.max(worst, Math.abs(value - wanted[index]![i]!)), 0);
    expect(error, `result ${index}`).toBeLessThan(1e-4);
  }
});
