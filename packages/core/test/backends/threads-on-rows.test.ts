import { drawNormal, expectSameOnThreads } from '@sequitur/laws';
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
import { it } from 'vitest';
import {
  adamWStep,
  dropout,
  gelu,
  geluTanh,
  layerNorm,
  linear,
  Random,
  rmsNorm,
  silu,
  softmaxCrossEntropy,
} from '../../src/index.js';

const ROWS = 1021;
const WIDTH = 67;

/** A loss through every kernel that goes by rows, numbers or columns. */
function loss(...[x, weight, bias, matrix]: Tensor[]): Tensor {
  const normal = layerNorm(x!, weight!, bias!, 1e-5);
  const active = add(add(gelu(normal), geluTanh(normal)), silu(normal));
  const scaled = rmsNorm(active, weight!, 1e-5);
  const logits = linear(dropout(scaled, 0.3, Random.fromSeed(7)), matrix!, bias!) as Tensor2D;
  const labels = tensor(Int32Array.from({ length: ROWS }, (_, row) => row % WIDTH)) as Tensor1D;
  return sum(mul(softmaxCrossEntropy(logits, labels, { labelSmoothing: 0.1 }), 1 / ROWS));
}

function outcome(): Record<string, Tensor> {
  const shapes = { x: [ROWS, WIDTH], weight: [WIDTH], bias: [WIDTH], matrix: [WIDTH, WIDTH] };
  const inputs = Object.entries(shapes).map(([name, shape]) => drawNormal<Tensor>(shape, name));
  const [dx, dweight, dbias, dmatrix] = grads(loss)(inputs) as [Tensor, Tensor, Tensor, Tensor];
  const [parameter, firstMoment, root] = ['parameter', 'first', 'root'].map((name) =>
    variable(drawNormal<Tensor>([ROWS, WIDTH], name)),
  );
  const secondMoment = variable(add(mul(root!, root!), 1)); // not near 0, where a step would be any length
  const moments = { parameter: parameter!, firstMoment: firstMoment!, secondMoment };
  const rates = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };
  adamWStep({ ...moments, gradient: dx, ...rates, step: 3 });
  return { loss: loss(...inputs), dx, dweight, dbias, dmatrix, ...moments };
}

it('gives the same bits on one thread and on three, and the numbers of plain JavaScript', () =>
  expectSameOnThreads(outcome, { tolerance: 1e-5 }));
