import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

/** The output of `attention` with the logarithm of its softmax denominator. */
export interface AttentionResult {
  /** float32 [batch, queries, heads, valueSize] */
  readonly output: Tensor4D;
  /** log Σ exp of the scores, float32 [batch, heads, queries]; -Infinity where a query is fully masked. */
  readonly logSumExp: Tensor3D;
}
