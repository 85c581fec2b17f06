import { bartLikeFamily } from '../bart/bart-like-family.js';

/** Pegasus (Zhang et al. 2020): pre-norm, sinusoids. */
export const pegasusFamily = bartLikeFamily({
  ...{ modelType: 'pegasus', architecture: 'PegasusForConditionalGeneration' },
  ...{ norm: 'pre', positions: 'storedSinusoidal', positionOffset: 0, embeddingNorm: false },
  defaults: { paddingToken: 0, decoderStartToken: 0, endToken: 1, generation: { forced_eos_token_id: 1 } },
});
