import { bartLikeFamily } from '../bart/bart-like-family.js';

/** M2M100 (Fan et al. 2020) and NLLB (Costa-jussà et al. 2022): pre-norm, sinusoids of the real tokens. */
export const m2m100Family = bartLikeFamily({
  ...{ modelType: 'm2m_100', architecture: 'M2M100ForConditionalGeneration' },
  ...{ norm: 'pre', positions: 'countedSinusoidal', positionOffset: 0, embeddingNorm: false, logitsBias: false },
  defaults: {
    ...{ vocabularySize: 128112, others: { activation: 'relu', scaleEmbedding: true, attentionDropout: 0.1 } },
    ...{ startToken: 0, paddingToken: 1, decoderStartToken: 2, endToken: 2 },
  },
});
