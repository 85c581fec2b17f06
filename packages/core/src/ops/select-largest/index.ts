import { type Tensor, type Tensor2D, topk } from '@tensorflow/tfjs-core';
import { defineOp } from '../define-op.js';
import { expectTensor } from '../expect-tensor.js';
import { onWebGpu } from '../on-webgpu.js';
import { type SelectLargestAttributes, selectLargestCpu, selectLargestWasm } from './host.js';

const selectLargestOp = defineOp<SelectLargestAttributes>({
  name: 'SequiturSelectLargest',
  // Of equal values it takes the first ones.
  reference: ({ x }, { count }) => [topk(x!, count).indices], // no gradient: a choice
  kernels: {
    cpu: selectLargestCpu,
    wasm: selectLargestWasm,
    webgpu: onWebGpu(({ selectLargestWebGpu }) => selectLargestWebGpu),
  },
});

/**
 * The columns of the `count` largest values of each row, unordered: x [rows, columns] -> int32 [rows, count]. Among
 * equal values they are those of PyTorch's `topk` on a CPU where count is above a sixty-fourth of the columns. Not
 * differentiable; the caller disposes the result.
 */
export function selectLargest(x: Tensor2D, count: number): Tensor2D {
  expectTensor('selectLargest, x', x as Tensor, { shape: [x.shape[0], x.shape[1]] });
  return selectLargestOp({ x: x as Tensor }, { count })[0] as Tensor2D;
}
