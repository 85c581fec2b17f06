import { embed } from '@sequitur/core';
import {
  cast,
  expandDims,
  mul,
  range,
  reshape,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor1d,
  tensor2d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { relativeBucket } from './positions/relative-bucket.js';
import { type AttentionOptions, attention, attentionWeights } from './scaled-dot-product/index.js';

/** Which keys a query may see. */
export type Pattern =
  | { readonly kind: 'causal' }
  | { readonly kind: 'full' }
  | { readonly kind: 'slidingWindow'; readonly left: number; readonly right: number };

export const causal = (): Pattern => ({ kind: 'causal' });
export const full = (): Pattern => ({ kind: 'full' });

/** A query sees `left` keys before its own position, its own, and `right` after it. */
export const slidingWindow = ({ left, right = 0 }: { left: number; right?: number }): Pattern => ({
  kind: 'slidingWindow',
  left,
  right,
});

/** What is added to the scores. */
export type ScoreBias =
  | { readonly kind: 'tensor'; readonly values: Tensor }
  | { readonly kind: 'alibi'; readonly slopes: readonly number[] }
  | {
      readonly kind: 'buckets';
      readonly table: Tensor2D;
      readonly bidirectional: boolean;
      readonly maxDistance: number;
    };

export interface AttendOptions extends Omit<AttentionOptions, 'bias' | 'causal' | 'window'> {
  readonly pattern: Pattern;
  readonly bias?: ScoreBias | undefined;
}

export function attend(query: Tensor4D, key: Tensor4D, value: Tensor4D, options: AttendOptions): Tensor4D {
  return tidy(() => attention(query, key, value, settled(query, key, options)));
}

export function attendWeights(query: Tensor4D, key: Tensor4D, options: AttendOptions): Tensor4D {
  return tidy(() => attentionWeights(query, key, settled(query, key, options)));
}

function settled(query: Tensor4D, key: Tensor4D, { pattern, bias, ...rest }: AttendOptions): AttentionOptions {
  const { keyLength = key.shape[1] } = rest;
  const offset = rest.offset ?? keyLength - query.shape[1];
  return {
    ...rest,
    causal: isCausal(pattern),
    ...(pattern.kind === 'slidingWindow' && { window: pattern.left + 1 }),
    ...(bias && { bias: biasTensor(bias, query.shape[1], keyLength, offset) }),
  };
}

export function isCausal(pattern: Pattern): boolean {
  return pattern.kind === 'causal' || (pattern.kind === 'slidingWindow' && pattern.right === 0);
}

function biasTensor(bias: ScoreBias, queries: number, keys: number, offset: number): Tensor {
  if (bias.kind === 'tensor') return bias.values;
  const distances = sub(
    expandDims(range(0, keys, 1, 'int32'), 0),
    expandDims(range(offset, offset + queries, 1, 'int32'), 1),
  );
  if (bias.kind === 'alibi') {
    return mul(
      reshape(tensor1d([...bias.slopes]), [1, -1, 1, 1]),
      cast(reshape(distances, [1, 1, queries, keys]), 'float32'),
    );
  }
  const [buckets] = bias.table.shape;
  const ids = Int32Array.from({ length: queries * keys }, (_, i) =>
    relativeBucket((i % keys) - Math.floor(i / keys) - offset, { ...bias, buckets }),
  );
  const vectors = embed(bias.table, tensor2d(ids, [queries, keys], 'int32')); // [queries, keys, heads]
  return expandDims(transpose(vectors, [2, 0, 1]), 0);
}
