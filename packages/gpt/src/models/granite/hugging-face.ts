import { attribute } from '@sequitur/pretrained';
import { biases } from '../llama/hugging-face.js';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { buildGranite } from './build.js';
import { type GraniteConfig, granitePresets } from './config.js';

/** The defaults of the classes of Granite. */
export const graniteDefaults = {
  ...{ vocabularySize: 32000, width: 4096, hiddenWidth: 11008, depth: 32, heads: 32, contextLength: 2048 },
  tokens: { startToken: 1, endToken: 2 },
};

/** Biases and multipliers. */
export const graniteAttributes = {
  ...biases,
  embeddingScale: attribute.positive('embedding_multiplier', 1),
  scoreScale: attribute.positive('attention_multiplier', 1),
  residualScale: attribute.positive('residual_multiplier', 1),
  logitDivisor: attribute.positive('logits_scaling', 1),
};

/** Granite 3 (Granite Team 2024). */
export const graniteFamily = llamaLikeFamily<GraniteConfig>({
  modelType: 'granite',
  name: 'Granite',
  presets: granitePresets,
  defaults: graniteDefaults,
  attributes: [graniteAttributes],
  build: buildGranite,
});
