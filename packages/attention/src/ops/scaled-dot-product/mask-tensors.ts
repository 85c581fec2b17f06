import { cast, mul, notEqual, type Tensor } from '@tensorflow/tfjs-core';
import type { AttentionOptions } from './options.js';

/** What hides keys beside the pattern, as kernels take it: with documents, `attentionMask` holds the document of each real key. */
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
