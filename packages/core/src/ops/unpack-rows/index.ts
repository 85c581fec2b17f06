import { range, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { defineOp } from '../define-op.js';
import type { PackedMatrix } from '../packed/matrix.js';
import { unpackRowsCpu } from './cpu.js';
import { type UnpackAttributes, unpackRowsReference } from './reference.js';
import { unpackRowsWasm } from './wasm.js';
import { unpackRowsWebGpu } from './webgpu.js';

export type { UnpackAttributes } from './reference.js';

const unpackOp = defineOp<UnpackAttributes>({
  name: 'SequiturUnpackRows',
  reference: ({ words, scales, ids }, attributes) => [unpackRowsReference(words!, scales!, ids!, attributes)],
  kernels: { cpu: unpackRowsCpu, wasm: unpackRowsWasm, webgpu: unpackRowsWebGpu },
});

/**
 * Some rows of a packed matrix as float32; not differentiable.
 *
 * @param words int32 [rows, words per row]
 * @param scales float32 [rows, scales per row]
 * @param ids int32 [count], each in [0, rows)
 * @returns float32 [count, columns], which the caller disposes; NaN for an id that the matrix does not have
 */
export function unpackRows(words: Tensor, scales: Tensor, ids: Tensor, attributes: UnpackAttributes): Tensor2D {
  const { format, columns } = attributes;
  return unpackOp({ words, scales, ids }, { format, columns })[0] as Tensor2D;
}

/** As `unpackRows`, for `count` rows from `first` on. */
export function unpackRange(
  words: Tensor,
  scales: Tensor,
  { first, count }: { readonly first: number; readonly count: number },
  attributes: UnpackAttributes,
): Tensor2D {
  return tidy(() => unpackRows(words, scales, range(first, first + count, 1, 'int32'), attributes));
}

/** All values of a packed matrix: float32 [rows, columns], which the caller disposes. */
export function unpackMatrix({ words, scales, rows, ...attributes }: PackedMatrix): Tensor2D {
  return unpackRange(words, scales, { first: 0, count: rows }, attributes);
}
