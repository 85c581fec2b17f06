import type { BartLayout } from './config.js';
import { bartLikeFamily } from './hugging-face.js';

export const bartLayout: BartLayout = { norm: 'post', positions: 'learned', positionOffset: 2, embeddingNorm: true };

/** BART (Lewis et al. 2020): post-norm, learned positions, normalised embeddings. */
export const bartFamily = bartLikeFamily({
  ...{ modelType: 'bart', architecture: 'BartForConditionalGeneration' },
  ...bartLayout,
  defaults: { padding: 1, start: 2, end: 2, generation: { forced_eos_token_id: 2 } },
});

export const marianLayout: BartLayout = {
  ...{ norm: 'post', positions: 'sinusoidal', positionOffset: 0, embeddingNorm: false },
};

/** Marian (Junczys-Dowmunt et al. 2018), and so the original Transformer: post-norm, sinusoids. */
export const marianFamily = bartLikeFamily({
  ...{ modelType: 'marian', architecture: 'MarianMTModel' },
  ...marianLayout,
  defaults: { padding: 58100, start: 58100, end: 0, generation: { forced_eos_token_id: 0 } },
  separableVocabularies: true,
});

/** Blenderbot (Roller et al. 2021): pre-norm, learned positions. */
export const blenderbotFamily = bartLikeFamily({
  ...{ modelType: 'blenderbot', architecture: 'BlenderbotForConditionalGeneration' },
  ...{ norm: 'pre', positions: 'learned', positionOffset: 0, embeddingNorm: false },
  defaults: {
    ...{ padding: 0, start: 1, end: 2 },
    generation: { forced_eos_token_id: 2, encoder_no_repeat_ngram_size: 3 },
  },
});

/** Pegasus (Zhang et al. 2020): pre-norm, sinusoids. */
export const pegasusFamily = bartLikeFamily({
  ...{ modelType: 'pegasus', architecture: 'PegasusForConditionalGeneration' },
  ...{ norm: 'pre', positions: 'storedSinusoidal', positionOffset: 0, embeddingNorm: false },
  defaults: { padding: 0, start: 0, end: 1, generation: { forced_eos_token_id: 1 } },
});
