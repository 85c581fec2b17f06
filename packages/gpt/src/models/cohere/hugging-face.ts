import { attribute, rule, stackedRows } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { allButEvery, windowedLayers } from '../windowed-layers.js';
import { buildCohere, buildCohere2 } from './build.js';
import { type CohereConfig, coherePresets } from './config.js';

const shared = {
  presets: coherePresets,
  defaults: {
    tokens: { startToken: 5, endToken: 255001, paddingToken: 0 },
    ...{ vocabularySize: 256000, width: 8192, hiddenWidth: 22528, depth: 40, heads: 64, contextLength: 8192 },
    ...{ normEpsilon: 1e-5, tied: true, names: { epsilon: 'layer_norm_eps' } },
  },
  names: { norms: { input_layernorm: 'norm' } },
  rules: ({ heads, keyHeads = heads }: CohereConfig, layer: string, block: string) => {
    const weights = (norm: string, count: number) =>
      Array.from({ length: count }, (_, head) => `${block}.mixer.${norm}.heads.${head}.weight`);
    return [
      rule(`${layer}.self_attn.q_norm.weight`, weights('queryNorm', heads), stackedRows),
      rule(`${layer}.self_attn.k_norm.weight`, weights('keyNorm', keyHeads), stackedRows),
    ];
  },
};

const attributes = {
  attentionBias: attribute.flag('attention_bias', false),
  logitScale: attribute.positive('logit_scale', 0.0625),
};

/** Command R and Aya (Cohere 2024). */
export const cohereFamily = llamaLikeFamily<CohereConfig>({
  ...shared,
  modelType: 'cohere',
  name: 'Cohere',
  defaults: { ...shared.defaults, rotaryBase: 500000 },
  attributes: [attributes, { queryKeyNorm: attribute.flag('use_qk_norm', false) }],
  build: (config) => buildCohere(config),
});

/** Command R7B and Command A (Cohere 2024 and 2025). */
export const cohere2Family = llamaLikeFamily<CohereConfig>({
  ...shared,
  modelType: 'cohere2',
  name: 'Cohere2',
  attributes: [attributes, windowedLayers({ window: 4096, layers: allButEvery(4) })],
  build: buildCohere2,
});
