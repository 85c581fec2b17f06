import { bartLikeFamily } from '../bart/bart-like-family.js';

/**
 * mBART (Liu et al. 2020) and mBART-50 (Tang et al. 2020): pre-norm, learned positions, normalised embeddings. Targets
 * begin with their last token.
 */
export const mbartFamily = bartLikeFamily({
  ...{ modelType: 'mbart', architecture: 'MBartForConditionalGeneration' },
  classifier: 'MBartForSequenceClassification',
  ...{ norm: 'pre', positions: 'learned', positionOffset: 2, embeddingNorm: true, startsWithLast: true },
  defaults: {
    ...{ startToken: 0, paddingToken: 1, endToken: 2 },
    generation: { forced_eos_token_id: 2 },
  },
});
