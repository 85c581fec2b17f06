import { aBoolean, aPositive, type ConfigReader } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { buildGranite } from './build.js';
import { type GraniteConfig, granitePresets } from './config.js';

export const graniteDefaults = {
  ...{ vocabularySize: 32000, width: 4096, hiddenWidth: 11008, depth: 32, heads: 32, contextLength: 2048 },
  tokens: { startToken: 1, endToken: 2 },
};

/** Granite 3 (Granite Team 2024). */
export const graniteFamily = llamaLikeFamily<GraniteConfig>({
  modelType: 'granite',
  name: 'Granite',
  presets: granitePresets,
  defaults: graniteDefaults,
  readMore: readGranite,
  writeMore: writeGranite,
  build: buildGranite,
});

/** Reads Granite's biases and multipliers. */
export function readGranite(json: ConfigReader) {
  return {
    attentionBias: json.take('attention_bias', aBoolean, false),
    feedForwardBias: json.take('mlp_bias', aBoolean, false),
    embeddingScale: json.take('embedding_multiplier', aPositive, 1),
    scoreScale: json.take('attention_multiplier', aPositive, 1),
    residualScale: json.take('residual_multiplier', aPositive, 1),
    logitDivisor: json.take('logits_scaling', aPositive, 1),
  };
}

/** What `readGranite` reads, as config.json spells it. */
export function writeGranite(config: GraniteConfig): Record<string, unknown> {
  return {
    attention_bias: config.attentionBias ?? false,
    mlp_bias: config.feedForwardBias ?? false,
    embedding_multiplier: config.embeddingScale ?? 1,
    attention_multiplier: config.scoreScale ?? 1,
    residual_multiplier: config.residualScale ?? 1,
    logits_scaling: config.logitDivisor ?? 1,
  };
}
