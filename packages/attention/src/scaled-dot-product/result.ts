import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

/** `attention` with the logarithm of what it divides by. */
export interface AttentionResult {
  /** float32 [batch, queries, heads, valueSize] */
  readonly output: Tensor4D;
  /** log Σ exp of the scores, float32 [batch, heads, queries]; -Infinity where the mask hides all keys from a query. */
  readonly logSumExp: Tensor3D;
}
