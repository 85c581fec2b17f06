import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { defineOp } from '../define-op.js';
import { onWebGpu } from '../on-webgpu.js';
import { columnSumsCpu } from './cpu.js';
import { columnSumsReference } from './reference.js';
import { columnSumsWasm } from './wasm.js';

const columnSumsOp = defineOp<object>({
  name: 'SequiturColumnSums',
  reference: ({ x }) => [columnSumsReference(x!)],
  kernels: { cpu: columnSumsCpu, wasm: columnSumsWasm, webgpu: onWebGpu(({ columnSumsWebGpu }) => columnSumsWebGpu) },
});

/**
 * The sum of each column: x [rows, columns] -> [columns], the gradient of a bias. For use inside gradients: not
 * differentiable.
 */
export function columnSums(x: Tensor2D): Tensor1D {
  return columnSumsOp({ x: x as Tensor }, {})[0] as Tensor1D;
}
