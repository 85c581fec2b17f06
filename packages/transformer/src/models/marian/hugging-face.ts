import { bartLikeFamily } from '../bart/bart-like-family.js';
import { marianLayout, marianPresets } from './config.js';

/** Marian (Junczys-Dowmunt et al. 2018) and the original Transformer: post-norm, sinusoids. */
export const marianFamily = bartLikeFamily({
  ...{ modelType: 'marian', architecture: 'MarianMTModel', presets: marianPresets },
  ...marianLayout,
  defaults: {
    ...{ vocabularySize: 58101, paddingToken: 58100, decoderStartToken: 58100, endToken: 0 },
    generation: { forced_eos_token_id: 0 },
  },
  separableVocabularies: true,
});
