import { matMul, reshape, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { columnSums } from '../column-sums/index.js';
import { defineOp } from '../define-op.js';
import { type DequantizeAttributes, dequantizeRange } from '../dequantize-rows/index.js';
import { expectTensor } from '../expect-tensor.js';
import { onWebGpu } from '../on-webgpu.js';
import type { QuantizedMatrix } from '../quantized/matrix.js';
import { quantizedLinearReference } from './reference.js';
import { quantizedLinearWasm } from './wasm.js';

const quantizedLinearOp = defineOp<DequantizeAttributes>({
  name: 'SequiturQuantizedLinear',
  reference: ({ x, words, scales, bias }, attributes) => [
    quantizedLinearReference(x as Tensor2D, words!, scales!, bias, attributes),
  ],
  gradient: {
    inputsToSave: ['words', 'scales'],
    of: ([dy], [words, scales], attributes) => ({
      x: () =>
        tidy(() =>
          matMul(dy as Tensor2D, dequantizeRange(words!, scales!, { first: 0, count: words!.shape[0]! }, attributes)),
        ),
      bias: () => columnSums(dy as Tensor2D),
    }),
  },
  kernels: { wasm: quantizedLinearWasm, webgpu: onWebGpu(({ quantizedLinearWebGpu }) => quantizedLinearWebGpu) },
});

/**
 * An affine map of each row by a quantized matrix: x Wᵀ + b. Differentiable by x and b.
 *
 * @param x float32 [..., columns]
 * @param weight W [rows, columns]
 * @param bias float32 [rows], or null for none
 * @returns float32 [..., rows], which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function quantizedLinear(x: Tensor, weight: QuantizedMatrix, bias: Tensor | null): Tensor {
  const { format, rows, columns, words, scales } = weight;
  expectTensor('quantizedLinear, x', x, { shape: ['...', columns] });
  if (bias) expectTensor('quantizedLinear, bias', bias, { shape: [rows] });
  return tidy(() => {
    const flat = reshape(x, [-1, columns]);
    const y = quantizedLinearOp({ x: flat, words, scales, ...(bias && { bias }) }, { format, columns })[0]!;
    return reshape(y, [...x.shape.slice(0, -1), rows]);
  });
}
