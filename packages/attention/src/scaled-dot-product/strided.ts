import {
  add,
  concat,
  exp,
  expandDims,
  log1p,
  maximum,
  minimum,
  mul,
  neg,
  reshape,
  sigmoid,
  slice,
  sub,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core';
import { causal, except, slidingWindow, strided } from '../patterns/index.js';
import type { AttentionOptions, SettledOptions } from './options.js';
import type { AttentionResult } from './result.js';

type Run = (query: Tensor4D, key: Tensor4D, value: Tensor4D, options: AttentionOptions) => AttentionResult;

/** A text shorter than so many strides is left to blocks. */
const LEAST_STRIDES = 4;

/**
 * The stride of a text that is read at once and long enough to be laid in columns; null where blocks serve as well. What
 * stands in rows and columns of its own, padding and bias and dropout, keeps to blocks.
 */
export function strideOfColumns(query: Tensor4D, options: AttentionOptions, settled: SettledOptions): number | null {
  const { patterns, offset, keyLength, forgotten, dropout } = settled;
  const [pattern] = patterns;
  const length = query.shape[1];
  if (patterns.length !== 1 || pattern?.kind !== 'strided' || offset !== 0 || keyLength !== length) return null;
  if (options.visible || options.bias || dropout || forgotten?.count) return null;
  return length >= LEAST_STRIDES * pattern.stride && pattern.stride > 1 ? pattern.stride : null;
}

/**
 * Strided attention (Child et al. 2019, section 4.2) in time proportional to length x (stride + length / stride): blocks of
 * neighbouring keys would all hold some that are seen. The near keys are a window; the far ones stand in the query's own
 * column once the text is laid in rows of `stride` positions. The two are joined by the sums that they divide by. The last
 * row, where it is not full, goes by blocks.
 */
export function attentionByColumns(
  [query, key, value]: readonly [Tensor4D, Tensor4D, Tensor4D],
  stride: number,
  { scale, softCap }: SettledOptions,
  run: Run,
): AttentionResult {
  const length = query.shape[1];
  const whole = length - (length % stride);
  const [rowsOfQuery, rowsOfKey, rowsOfValue] = [query, key, value].map((x) => positions(x, 0, whole));
  const alike = { scale, softCap, unseen: 'zeros' } as const;
  const near = run(rowsOfQuery!, rowsOfKey!, rowsOfValue!, { ...alike, pattern: slidingWindow(stride) });
  const columns = [rowsOfQuery!, rowsOfKey!, rowsOfValue!].map((x) => inColumns(x, stride));
  const earlier = except(causal(), slidingWindow(1));
  const inOwnColumn = run(columns[0]!, columns[1]!, columns[2]!, { ...alike, pattern: earlier });
  const far = { output: inRows(inOwnColumn.output, stride), logSumExp: sumsInRows(inOwnColumn.logSumExp, stride) };
  const joined = join(near, far);
  if (whole === length) return joined;
  const rest = run(positions(query, whole, length - whole), positions(key, 0, length), positions(value, 0, length), {
    ...alike,
    pattern: strided(stride),
  });
  return {
    output: concat([joined.output, rest.output], 1),
    logSumExp: concat([joined.logSumExp, rest.logSumExp], 2),
  };
}

/** Attention to the keys of both, from attention to those of either. */
function join(a: AttentionResult, b: AttentionResult): AttentionResult {
  const between = sub(a.logSumExp, b.logSumExp);
  const share = expandDims(transpose(sigmoid(between), [0, 2, 1]), 3); // of a, [batch, length, heads, 1]
  const output = add(b.output, mul(share, sub(a.output, b.output))) as Tensor4D;
  const [larger, smaller] = [maximum(a.logSumExp, b.logSumExp), minimum(a.logSumExp, b.logSumExp)];
  return { output, logSumExp: add(larger, log1p(exp(neg(sub(larger, smaller))))) as Tensor3D };
}

function positions(x: Tensor4D, start: number, count: number): Tensor4D {
  if (start === 0 && count === x.shape[1]) return x;
  return slice(x, [0, start, 0, 0], [-1, count, -1, -1]);
}

/** [batch, rows x stride, heads, size] -> [batch x stride, rows, heads, size]. */
function inColumns(x: Tensor4D, stride: number): Tensor4D {
  const [batch, length, heads, size] = x.shape;
  const laid = transpose(reshape(x, [batch, length / stride, stride, heads * size]), [0, 2, 1, 3]);
  return reshape(laid, [batch * stride, length / stride, heads, size]);
}

/** And back. */
function inRows(x: Tensor4D, stride: number): Tensor4D {
  const [columns, rows, heads, size] = x.shape;
  const laid = transpose(reshape(x, [columns / stride, stride, rows, heads * size]), [0, 2, 1, 3]);
  return reshape(laid, [columns / stride, rows * stride, heads, size]);
}

/** [batch x stride, heads, rows] -> [batch, heads, rows x stride]. */
function sumsInRows(x: Tensor, stride: number): Tensor3D {
  const [columns, heads, rows] = x.shape as [number, number, number];
  const laid = transpose(reshape(x, [columns / stride, stride, heads, rows]), [0, 2, 3, 1]);
  return reshape(laid, [columns / stride, heads, rows * stride]) as Tensor3D;
}
