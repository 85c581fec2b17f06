import { bartLikeFamily } from './bart-like-family.js';
import { bartLayout, bartPresets } from './config.js';

/** BART (Lewis et al. 2020): post-norm, learned positions, normalised embeddings. */
export const bartFamily = bartLikeFamily({
  ...{ modelType: 'bart', architecture: 'BartForConditionalGeneration', presets: bartPresets },
  classifier: 'BartForSequenceClassification',
  ...bartLayout,
  defaults: {
    ...{ startToken: 0, paddingToken: 1, decoderStartToken: 2, endToken: 2 },
    generation: { forced_eos_token_id: 2 },
  },
});
