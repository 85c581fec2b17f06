import { type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { attentionOp, maskedAttentionOp } from './op.js';
import { type AttentionOptions, type SettledOptions, settle } from './options.js';
import { attentionReference, attentionWeights as weightsReference } from './reference.js';

export type { AttentionOptions } from './options.js';

/**
 * Scaled dot-product attention (Vaswani et al. 2017, equation 1): every query takes from the values what its scores with
 * the keys say, softmax(Q Kᵀ scale) V. With fewer key heads than heads, neighbouring heads share one (Ainslie et al.
 * 2023). A query that sees nothing but padding takes evenly from that.
 *
 * @param query float32 [batch, queries, heads, headSize]
 * @param key float32 [batch, capacity, keyHeads, headSize]
 * @param value float32 [batch, capacity, keyHeads, valueSize]
 * @returns float32 [batch, queries, heads, valueSize], which the caller disposes
 * @throws SequiturError when a shape, dtype or option does not fit
 */
export function attention(query: Tensor4D, key: Tensor4D, value: Tensor4D, options: AttentionOptions = {}): Tensor4D {
  const settled = settle(query, key, value, options);
  return isFused(settled) ? fused(query, key, value, settled) : attentionReference(query, key, value, settled);
}

/**
 * How much each query takes from each key, to be looked at: float32 [batch, heads, queries, keyLength], which the
 * caller disposes. Takes memory that `attention` does not.
 */
export function attentionWeights(query: Tensor4D, key: Tensor4D, options: AttentionOptions = {}): Tensor4D {
  return weightsReference(query, key, settle(query, key, key, options));
}

function isFused({ bias, window, dropout }: SettledOptions): boolean {
  return !bias && window === undefined && !dropout?.rate;
}

function fused(query: Tensor4D, key: Tensor4D, value: Tensor4D, settled: SettledOptions): Tensor4D {
  const { scale, keyLength, offset, causal, visible } = settled;
  const attributes = { scale, keyLength, offset, causal };
  return tidy(() => {
    const inputs: Record<string, Tensor> = { query, key, value };
    const run = visible ? maskedAttentionOp : attentionOp;
    return run({ ...inputs, ...(visible && { visible }) }, attributes)[0] as Tensor4D;
  });
}
