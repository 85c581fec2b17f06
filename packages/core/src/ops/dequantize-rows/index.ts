import { range, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { defineOp } from '../define-op.js';
import { onWebGpu } from '../on-webgpu.js';
import type { QuantizedMatrix } from '../quantized/matrix.js';
import { dequantizeRowsCpu } from './cpu.js';
import { type DequantizeAttributes, dequantizeRowsReference } from './reference.js';
import { dequantizeRowsWasm } from './wasm.js';

export type { DequantizeAttributes } from './reference.js';

const dequantizeOp = defineOp<DequantizeAttributes>({
  name: 'SequiturDequantizeRows',
  reference: ({ words, scales, ids }, attributes) => [dequantizeRowsReference(words!, scales!, ids!, attributes)],
  kernels: {
    cpu: dequantizeRowsCpu,
    wasm: dequantizeRowsWasm,
    webgpu: onWebGpu(({ dequantizeRowsWebGpu }) => dequantizeRowsWebGpu),
  },
});

/**
 * Some rows of a quantized matrix as float32; not differentiable.
 *
 * @param words int32 [rows, words per row]
 * @param scales float32 [rows, scales per row]
 * @param ids int32 [count], each in [0, rows)
 * @returns float32 [count, columns], which the caller disposes; NaN for ids out of range
 */
export function dequantizeRows(words: Tensor, scales: Tensor, ids: Tensor, attributes: DequantizeAttributes): Tensor2D {
  const { format, columns } = attributes;
  return dequantizeOp({ words, scales, ids }, { format, columns })[0] as Tensor2D;
}

/** As `dequantizeRows`, for `count` rows from `first` on. */
export function dequantizeRange(
  words: Tensor,
  scales: Tensor,
  { first, count }: { readonly first: number; readonly count: number },
  attributes: DequantizeAttributes,
): Tensor2D {
  return tidy(() => dequantizeRows(words, scales, range(first, first + count, 1, 'int32'), attributes));
}

/** All values of a quantized matrix: float32 [rows, columns], which the caller disposes. */
export function dequantizeMatrix({ words, scales, rows, ...attributes }: QuantizedMatrix): Tensor2D {
  return dequantizeRange(words, scales, { first: 0, count: rows }, attributes);
}
