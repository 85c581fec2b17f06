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
  sigmoid,
  sub,
  type Tensor3D,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core';
import { causal, except, slidingWindow, strided } from '../../patterns/index.js';
import { canBeLaid, inColumns, inRows, positions, type Run, sumsInRows } from './columns.js';
import type { AttentionOptions, ResolvedOptions } from './options.js';
import type { AttentionResult } from './result.js';

/** The stride of a sequence that can be laid out in columns; null where the block kernels are as good. */
export function strideOfColumns(query: Tensor4D, options: AttentionOptions, resolved: ResolvedOptions): number | null {
  const [pattern, ...others] = resolved.patterns;
  if (others.length || pattern?.kind !== 'strided') return null;
  return canBeLaid(query, pattern.stride, options, resolved) ? pattern.stride : null;
}

/**
 * Strided attention (Child et al. 2019, section 4.2) in time proportional to length × (stride + length / stride),
 * whereas every block of neighbouring keys would hold visible ones. The near keys are a sliding window; the far ones
 * are in the query's own column once the sequence is laid out in rows of `stride` positions. Both results are combined
 * by their softmax denominators. An incomplete last row is left to the block kernels.
 */
export function attentionByColumns(
  [query, key, value]: readonly [Tensor4D, Tensor4D, Tensor4D],
  stride: number,
  { scale, softCap }: ResolvedOptions,
  run: Run,
): AttentionResult {
  const length = query.shape[1];
  const whole = length - (length % stride);
  const [rowsOfQuery, rowsOfKey, rowsOfValue] = [query, key, value].map((x) => positions(x, 0, whole));
  const alike = { scale, softCap, fullyMasked: 'zeros' } as const;
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

/** Combines attention to two sets of keys into attention to their union. */
function join(a: AttentionResult, b: AttentionResult): AttentionResult {
  const between = sub(a.logSumExp, b.logSumExp);
  const share = expandDims(transpose(sigmoid(between), [0, 2, 1]), 3); // share of a, [batch, length, heads, 1]
  const output = add(b.output, mul(share, sub(a.output, b.output))) as Tensor4D;
  const [larger, smaller] = [maximum(a.logSumExp, b.logSumExp), minimum(a.logSumExp, b.logSumExp)];
  return { output, logSumExp: add(larger, log1p(exp(neg(sub(larger, smaller))))) as Tensor3D };
}
