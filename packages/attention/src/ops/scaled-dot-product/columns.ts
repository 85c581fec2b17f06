import {
  add,
  concat,
  exp,
  expandDims,
  isNaN as isNaNOf,
  log1p,
  maximum,
  minimum,
  mul,
  neg,
  pad,
  reshape,
  sigmoid,
  slice,
  sub,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  transpose,
  where,
} from '@tensorflow/tfjs-core';
import { causal, except, type Pattern, slidingWindow } from '../../patterns/index.js';
import type { AttentionOptions, ResolvedOptions } from './options.js';
import type { AttentionResult } from './result.js';

/** A sequence with fewer rows is left to the block kernels. */
const LEAST_ROWS = 4;

/**
 * A sequence in rows of equal length, whose columns are separate sequences. For patterns that skip keys at even
 * distances every block of adjacent keys would contain visible ones; in columns they are adjacent.
 */
export interface Columns {
  /** [batch, length, heads, size] -> the columns, [batch * columns, rows, heads, size]; in two groups where the last row is incomplete. */
  to(x: Tensor4D): Tensor4D[];
  /** Combines the results of the groups into that of the sequence. */
  from(results: readonly AttentionResult[]): AttentionResult;
  /** The keys of its column that a query attends to. */
  readonly pattern: Pattern;
  /** The other keys that it attends to, outside its column; absent: none. */
  readonly near?: Pattern;
}

/**
 * The columns of a call whose pattern is dilated (Beltagy et al. 2020, section 3.1) or strided (Child et al. 2019,
 * section 4.2); null where the block kernels are as good. Requires a sequence that is read at once, without padding,
 * bias and dropout.
 */
export function columnsOf(query: Tensor4D, options: AttentionOptions, resolved: ResolvedOptions): Columns | null {
  const { patterns, offset, keyLength, evicted, dropout } = resolved;
  const [pattern, ...others] = patterns;
  const length = query.shape[1];
  if (others.length || offset !== 0 || keyLength !== length || evicted?.count) return null;
  if (options.attentionMask || options.documents || options.bias || dropout) return null;
  const layout = (width: number) => (width > 1 && length >= LEAST_ROWS * width ? layOut(length, width) : null);
  if (pattern?.kind === 'dilated') {
    const { left, right, dilation } = pattern;
    const laid = layout(dilation);
    return laid && { ...laid, pattern: slidingWindow({ left, right }) };
  }
  if (pattern?.kind !== 'strided') return null;
  const laid = layout(pattern.stride);
  return laid && { ...laid, pattern: except(causal(), slidingWindow(1)), near: slidingWindow(pattern.stride) };
}

/** Attention to the keys of both, from attention to those of either, by their softmax denominators. */
export function combine(a: AttentionResult, b: AttentionResult): AttentionResult {
  const between = sub(a.logSumExp, b.logSumExp);
  const share = expandDims(transpose(sigmoid(between), [0, 2, 1]), 3); // of a, [batch, length, heads, 1]
  const output = add(b.output, mul(share, sub(a.output, b.output))) as Tensor4D;
  const [larger, smaller] = [maximum(a.logSumExp, b.logSumExp), minimum(a.logSumExp, b.logSumExp)];
  const logSumExp = add(larger, log1p(exp(neg(sub(larger, smaller)))));
  return { output, logSumExp: where(isNaNOf(between), between, logSumExp) as Tensor3D }; // `maximum` may drop a NaN
}

function layOut(length: number, width: number): Pick<Columns, 'to' | 'from'> {
  const [rows, groups] = [Math.ceil(length / width), groupsOf(length, width)];
  return {
    to: (x) => {
      const [batch, , heads, size] = x.shape;
      const filled = reshape(longer(x, 1, rows * width), [batch, rows, width, heads * size]);
      const columns = transpose(filled, [0, 2, 1, 3]);
      return groups.map((group) => {
        const part = some(columns, group, [batch, width, rows, heads * size]);
        return reshape(part, [batch * group.count, group.rows, heads, size]);
      });
    },
    from: (results) => {
      const [, , heads, size] = results[0]!.output.shape;
      const batch = results[0]!.output.shape[0] / groups[0]!.count;
      const outputs = results.map(({ output }, index) => {
        const { count, rows: own } = groups[index]!;
        return longer(reshape(output, [batch, count, own, heads * size]), 2, rows);
      });
      const sums = results.map(({ logSumExp }, index) => {
        const { count, rows: own } = groups[index]!;
        return longer(reshape(logSumExp, [batch, count, heads, own]), 3, rows);
      });
      const output = reshape(transpose(joined(outputs), [0, 2, 1, 3]), [batch, rows * width, heads, size]);
      const logSumExp = reshape(transpose(joined(sums), [0, 2, 3, 1]), [batch, heads, rows * width]);
      if (rows * width === length) return { output: output as Tensor4D, logSumExp: logSumExp as Tensor3D };
      return {
        output: slice(output as Tensor4D, [0, 0, 0, 0], [-1, length, -1, -1]),
        logSumExp: slice(logSumExp as Tensor3D, [0, 0, 0], [-1, -1, length]),
      };
    },
  };
}

/** Neighbouring columns with equally many rows. */
interface Group {
  readonly first: number;
  readonly count: number;
  readonly rows: number;
}

/** All columns; or those that reach into an incomplete last row, and the others. */
function groupsOf(length: number, width: number): readonly Group[] {
  const [full, last] = [Math.floor(length / width), length % width];
  if (last === 0) return [{ first: 0, count: width, rows: full }];
  return [
    { first: 0, count: last, rows: full + 1 },
    { first: last, count: width - last, rows: full },
  ];
}

/** The columns and rows of a group among all, [batch, columns, rows, elements]. */
function some(columns: Tensor, { first, count, rows }: Group, [batch, width, all, numbers]: readonly number[]): Tensor {
  if (count === width && rows === all) return columns;
  return slice(columns, [0, first, 0, 0], [batch!, count, rows, numbers!]);
}

function joined(parts: readonly Tensor[]): Tensor {
  return parts.length === 1 ? parts[0]! : concat([...parts], 1);
}

/** x padded with zeros along an axis. */
function longer<T extends Tensor>(x: T, axis: number, length: number): T {
  const missing = length - x.shape[axis]!;
  if (missing === 0) return x;
  return pad(
    x,
    x.shape.map((_, index) => [0, index === axis ? missing : 0]),
  ) as T;
}
