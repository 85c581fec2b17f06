import { matMul, reshape, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { columnSums } from '../column-sums/index.js';
import { defineOp } from '../define-op.js';
import { expectTensor } from '../expect-tensor.js';
import type { PackedMatrix } from '../packed/matrix.js';
import { type UnpackAttributes, unpackRange } from '../unpack-rows/index.js';
import { packedLinearReference } from './reference.js';
import { packedLinearWasm } from './wasm.js';
import { packedLinearWebGpu } from './webgpu.js';

const packedLinearOp = defineOp<UnpackAttributes>({
  name: 'SequiturPackedLinear',
  reference: ({ x, words, scales, bias }, attributes) => [
    packedLinearReference(x as Tensor2D, words!, scales!, bias, attributes),
  ],
  gradient: {
    inputsToSave: ['words', 'scales'],
    of: ([dy], [words, scales], attributes) => ({
      x: () =>
        tidy(() =>
          matMul(dy as Tensor2D, unpackRange(words!, scales!, { first: 0, count: words!.shape[0]! }, attributes)),
        ),
      bias: () => columnSums(dy as Tensor2D),
    }),
  },
  kernels: { wasm: packedLinearWasm, webgpu: packedLinearWebGpu },
});

/**
 * An affine map of each row by a packed matrix: x Wᵀ + b. Differentiable by x and b.
 *
 * @param x float32 [..., columns]
 * @param weight W [rows, columns]
 * @param bias float32 [rows], or null for none
 * @returns float32 [..., rows], which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function packedLinear(x: Tensor, weight: PackedMatrix, bias: Tensor | null): Tensor {
  const { format, rows, columns, words, scales } = weight;
  expectTensor('packedLinear, x', x, { shape: ['...', columns] });
  if (bias) expectTensor('packedLinear, bias', bias, { shape: [rows] });
  return tidy(() => {
    const flat = reshape(x, [-1, columns]);
    const y = packedLinearOp({ x: flat, words, scales, ...(bias && { bias }) }, { format, columns })[0]!;
    return reshape(y, [...x.shape.slice(0, -1), rows]);
  });
}
