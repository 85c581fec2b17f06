import { bartLikeFamily } from '../bart/bart-like-family.js';

/** Blenderbot (Roller et al. 2021): pre-norm, learned positions. */
export const blenderbotFamily = bartLikeFamily({
  ...{ modelType: 'blenderbot', architecture: 'BlenderbotForConditionalGeneration' },
  ...{ norm: 'pre', positions: 'learned', positionOffset: 0, embeddingNorm: false },
  defaults: {
    ...{ vocabularySize: 8008, width: 2560, contextLength: 128, encoderDepth: 2, decoderDepth: 24, heads: 32 },
    ...{ hiddenWidth: 10240, startToken: 1, paddingToken: 0, decoderStartToken: 1, endToken: 2 },
    generation: { forced_eos_token_id: 2, encoder_no_repeat_ngram_size: 3 },
  },
});
