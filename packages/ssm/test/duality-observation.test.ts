import { distance, drawNormal, onEachBackend } from '@sequitur/laws';
import {
  abs,
  keep,
  matMul,
  neg,
  norm,
  reshape,
  slice,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { stateSpaceDuality } from '../src/ops/state-space-duality/index.js';
import { observeDuality } from '../src/ops/state-space-duality/observe.js';

onEachBackend('observing a state space duality', () => {
  it('finds the matrix by which x is multiplied, and the norms of the states', async () => {
    const [batch, length, heads, size, groups, state] = [2, 6, 4, 3, 2, 5];
    const scan = {
      x: drawNormal<Tensor4D>([batch, length, heads, size], 'x'),
      logDecay: neg(abs(drawNormal<Tensor3D>([batch, length, heads], 'decay'))),
      inputMatrix: drawNormal<Tensor4D>([batch, length, groups, state], 'B'),
      outputMatrix: drawNormal<Tensor4D>([batch, length, groups, state], 'C'),
    };
    const seen = new Map<string, Tensor>();
    observeDuality(scan, { observe: (name, tensor) => void seen.set(name, keep(tensor.clone())) });
    const { y, state: last } = stateSpaceDuality(scan);
    const byHead = transpose(scan.x, [0, 2, 1, 3]);
    const product = transpose(matMul(seen.get('attention') as Tensor4D, byHead as Tensor4D), [0, 2, 1, 3]);
    expect(await distance(product, y)).toBeLessThan(1e-5);
    const norms = seen.get('stateNorms')!;
    const final = norm(reshape(last, [batch, -1]), 'euclidean', 1, true);
    expect(await distance(slice(norms, [0, length - 1], [batch, 1]), final)).toBeLessThan(1e-5);
  });
});
