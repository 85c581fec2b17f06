import { reshape, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { showShape } from '../../shape.js';
import { columnSums } from '../column-sums/index.js';
import { defineOp } from '../define-op.js';
import { expectTensor } from '../expect-tensor.js';
import { onWebGpu } from '../on-webgpu.js';
import { timesTransposed, transposedTimes } from '../products/index.js';
import { linearReference } from './reference.js';
import { linearWasm } from './wasm.js';

const linearOp = defineOp<object>({
  name: 'SequiturLinear',
  reference: ({ x, weight, bias }) => [linearReference(x!, weight!, bias)],
  gradient: {
    inputsToSave: ['x', 'weight'],
    of: ([dy], [x, weight]) => {
      const [inputs, outputs] = weight!.shape as [number, number];
      const rows = reshape(dy!, [-1, outputs]) as Tensor2D;
      return {
        x: () => reshape(timesTransposed(rows, weight as Tensor2D), x!.shape),
        weight: () => transposedTimes(reshape(x!, [-1, inputs]) as Tensor2D, rows),
        bias: () => columnSums(rows),
      };
    },
  },
  kernels: { wasm: linearWasm, webgpu: onWebGpu(({ linearWebGpu }) => linearWebGpu) },
});

/**
 * An affine map of each row: x W + b.
 *
 * @param x float32 [..., inputs]
 * @param weight float32 [inputs, outputs]
 * @param bias float32 [outputs], or null for none
 * @returns float32 [..., outputs], which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  expectTensor('linear, weight', weight);
  if (weight.rank !== 2) {
    throw new SequiturError({
      where: 'linear, weight',
      expected: 'shape [inputs, outputs]',
      got: showShape(weight.shape),
    });
  }
  expectTensor('linear, x', x, { shape: ['...', weight.shape[0]!] });
  if (bias) expectTensor('linear, bias', bias, { shape: [weight.shape[1]!] });
  return linearOp({ x, weight, ...(bias && { bias }) }, {})[0]!;
}
