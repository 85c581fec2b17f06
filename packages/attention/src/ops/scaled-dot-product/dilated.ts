import {
  concat,
  pad,
  reshape,
  slice,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core';
import { slidingWindow } from '../../patterns/index.js';
import type { Dilated } from '../../patterns/pattern.js';
import { canBeLaid, positions, type Run } from './columns.js';
import type { AttentionOptions, ResolvedOptions } from './options.js';
import type { AttentionResult } from './result.js';

/** The dilated window of a sequence that can be laid out in columns; null where the block kernels are as good. */
export function gapsOfColumns(query: Tensor4D, options: AttentionOptions, resolved: ResolvedOptions): Dilated | null {
  const [pattern, ...others] = resolved.patterns;
  if (others.length || pattern?.kind !== 'dilated') return null;
  return canBeLaid(query, pattern.dilation, options, resolved) ? pattern : null;
}

/**
 * Dilated sliding window (Beltagy et al. 2020, section 3.1) in time that does not grow with the dilation, whereas every
 * block of neighbouring keys would hold visible ones. In rows of `dilation` positions, all visible keys are in the
 * query's own column, where the window has no gaps.
 */
export function attentionInGaps(
  given: readonly [Tensor4D, Tensor4D, Tensor4D],
  { left, right, dilation }: Dilated,
  { scale, softCap }: ResolvedOptions,
  run: Run,
): AttentionResult {
  const [batch, length, heads] = given[0].shape;
  const valueSize = given[2].shape[3];
  const rows = Math.ceil(length / dilation);
  const laid = given.map((x) => inRows(x, rows, dilation));
  const options = { scale, softCap, pattern: slidingWindow({ left, right }) };
  const results = columnsOf(length, dilation).map((columns) => {
    const [query, key, value] = laid.map((x, index) => take(x, columns, given[index]!.shape)) as [
      Tensor4D,
      Tensor4D,
      Tensor4D,
    ];
    const { output, logSumExp } = run(query, key, value, options);
    const { count } = columns;
    return {
      output: longer(reshape(output, [batch, count, columns.rows, heads * valueSize]), 2, rows),
      logSumExp: longer(reshape(logSumExp, [batch, count, heads, columns.rows]), 3, rows),
    };
  });
  const outputs = transpose(joined(results.map(({ output }) => output)), [0, 2, 1, 3]);
  const sums = transpose(joined(results.map(({ logSumExp }) => logSumExp)), [0, 2, 3, 1]);
  return {
    output: positions(reshape(outputs, [batch, rows * dilation, heads, valueSize]), 0, length),
    logSumExp: slice(reshape(sums, [batch, heads, rows * dilation]) as Tensor3D, [0, 0, 0], [batch, heads, length]),
  };
}

/** A range of neighbouring columns with equally many rows. */
interface Columns {
  readonly first: number;
  readonly count: number;
  readonly rows: number;
}

/** All columns; or the columns that reach into an incomplete last row, and the others. */
function columnsOf(length: number, row: number): Columns[] {
  const [full, last] = [Math.floor(length / row), length % row];
  if (last === 0) return [{ first: 0, count: row, rows: full }];
  return [
    { first: 0, count: last, rows: full + 1 },
    { first: last, count: row - last, rows: full },
  ];
}

/** [batch, length, heads, size] -> [batch, columns, rows, heads * size], padded with zeros at the end. */
function inRows(x: Tensor4D, rows: number, columns: number): Tensor4D {
  const [batch, , heads, size] = x.shape;
  const filled = reshape(longer(x, 1, rows * columns), [batch, rows, columns, heads * size]);
  return transpose(filled, [0, 2, 1, 3]) as Tensor4D;
}

/** Columns as separate sequences: [batch * columns, rows, heads, size]. */
function take(laid: Tensor4D, { first, count, rows }: Columns, [, , heads, size]: Tensor4D['shape']): Tensor4D {
  const [batch] = laid.shape;
  return reshape(slice(laid, [0, first, 0, 0], [batch, count, rows, heads * size]), [batch * count, rows, heads, size]);
}

function joined(parts: readonly Tensor[]): Tensor {
  return parts.length === 1 ? parts[0]! : concat([...parts], 1);
}

/** Padded with zeros along an axis. */
function longer<T extends Tensor>(x: T, axis: number, length: number): T {
  const missing = length - x.shape[axis]!;
  if (missing === 0) return x;
  return pad(
    x,
    x.shape.map((_, index) => [0, index === axis ? missing : 0]),
  ) as T;
}
