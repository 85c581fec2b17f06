import { cast, mul, notEqual, type Tensor } from '@tensorflow/tfjs-core';
import type { AttentionOptions } from './options.js';

/** The masks other than the pattern, for kernels; with documents, `attentionMask` has the document of each real key. */
export function maskTensors({ attentionMask, documents }: AttentionOptions): {
  attentionMask?: Tensor;
  documents?: Tensor;
} {
  if (!documents) return attentionMask ? { attentionMask } : {};
  const { ofQueries, ofKeys } = documents;
  return {
    attentionMask: attentionMask ? mul(cast(notEqual(attentionMask, 0), 'float32'), ofKeys) : ofKeys,
    documents: ofQueries,
  };
}
