import { reshape, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { defineOp } from '../define-op.js';
import { expectTensor } from '../expect-tensor.js';
import { onWebGpu } from '../on-webgpu.js';
import { times, transposedTimes } from '../products/index.js';
import { unembedReference } from './reference.js';

const unembedOp = defineOp<object>({
  name: 'SequiturUnembed',
  reference: ({ x, table }) => [unembedReference(x!, table!)],
  gradient: {
    inputsToSave: ['x', 'table'],
    of: ([dy], [x, table]) => ({
      x: () => times(dy as Tensor2D, table as Tensor2D),
      table: () => transposedTimes(dy as Tensor2D, x as Tensor2D),
    }),
  },
  kernels: { webgpu: onWebGpu(({ unembedWebGpu }) => unembedWebGpu) },
});

/**
 * Unembedding, the tied output projection: x Eᵀ.
 *
 * @param x float32 [..., width]
 * @param table float32 [rows, width]
 * @returns float32 [..., rows], which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function unembed<T extends Tensor>(x: T, table: Tensor2D): T {
  expectTensor('unembed, table', table);
  expectTensor('unembed, x', x, { shape: ['...', table.shape[1]!] });
  return tidy(() => {
    const [rows, width] = table.shape;
    const flat = reshape(x, [-1, width]);
    return reshape(unembedOp({ x: flat, table }, {})[0]!, [...x.shape.slice(0, -1), rows]);
  }) as T;
}
