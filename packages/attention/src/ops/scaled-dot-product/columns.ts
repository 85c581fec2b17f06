import { reshape, slice, type Tensor, type Tensor3D, type Tensor4D, transpose } from '@tensorflow/tfjs-core';
import type { AttentionOptions, ResolvedOptions } from './options.js';
import type { AttentionResult } from './result.js';

/** An attention function, applied to parts of a sequence. */
export type Run = (query: Tensor4D, key: Tensor4D, value: Tensor4D, options: AttentionOptions) => AttentionResult;

/** A sequence of fewer rows than these is left to the block kernels. */
const LEAST_ROWS = 4;

/**
 * Whether a sequence can be laid out in rows of `row` positions: where it is read at once and is long enough. Padding,
 * bias and dropout are not supported in that layout.
 */
export function canBeLaid(query: Tensor4D, row: number, options: AttentionOptions, resolved: ResolvedOptions): boolean {
  const { offset, keyLength, evicted, dropout } = resolved;
  const length = query.shape[1];
  if (offset !== 0 || keyLength !== length || options.attentionMask || options.bias || dropout || evicted?.count)
    return false;
  return row > 1 && length >= LEAST_ROWS * row;
}

/** A range of neighbouring positions of a sequence. */
export function positions(x: Tensor4D, start: number, count: number): Tensor4D {
  if (start === 0 && count === x.shape[1]) return x;
  return slice(x, [0, start, 0, 0], [-1, count, -1, -1]);
}

/** [batch, rows x stride, heads, size] -> [batch x stride, rows, heads, size]. */
export function inColumns(x: Tensor4D, stride: number): Tensor4D {
  const [batch, length, heads, size] = x.shape;
  const laid = transpose(reshape(x, [batch, length / stride, stride, heads * size]), [0, 2, 1, 3]);
  return reshape(laid, [batch * stride, length / stride, heads, size]);
}

/** The inverse of `inColumns`. */
export function inRows(x: Tensor4D, stride: number): Tensor4D {
  const [columns, rows, heads, size] = x.shape;
  const laid = transpose(reshape(x, [columns / stride, stride, rows, heads * size]), [0, 2, 1, 3]);
  return reshape(laid, [columns / stride, rows * stride, heads, size]);
}

/** [batch x stride, heads, rows] -> [batch, heads, rows x stride]. */
export function sumsInRows(x: Tensor, stride: number): Tensor3D {
  const [columns, heads, rows] = x.shape as [number, number, number];
  const laid = transpose(reshape(x, [columns / stride, stride, heads, rows]), [0, 2, 3, 1]);
  return reshape(laid, [columns / stride, heads, rows * stride]) as Tensor3D;
}
