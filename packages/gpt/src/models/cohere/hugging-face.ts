import {
  aBoolean,
  anInteger,
  aPositive,
  type ConfigReader,
  rule,
  stackedRows,
  type WeightRule,
} from '@sequitur/pretrained';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
import { readWindowedLayers, writeWindowedLayers } from '../windowed-layers.js';
import { buildCohere, buildCohere2 } from './build.js';
import { type CohereConfig, coherePresets } from './config.js';

const shared = {
  presets: coherePresets,
  rules,
  defaults: {
    tokens: { startToken: 5, endToken: 255001, paddingToken: 0 },
    ...{ vocabularySize: 256000, width: 8192, hiddenWidth: 22528, depth: 40, heads: 64, contextLength: 8192 },
    ...{ normEpsilon: 1e-5, tied: true, names: { epsilon: 'layer_norm_eps' } },
  },
};

/** Command R and Aya (Cohere 2024). */
export const cohereFamily = llamaLikeFamily<CohereConfig>({
  ...shared,
  modelType: 'cohere',
  name: 'Cohere',
  defaults: { ...shared.defaults, rotaryBase: 500000 },
  readMore: (json) => ({ ...readCohere(json), queryKeyNorm: json.take('use_qk_norm', aBoolean, false) }),
  writeMore: (config) => ({ ...writeCohere(config), use_qk_norm: config.queryKeyNorm ?? false }),
  build: (config) => buildCohere(config),
});

/** Command R7B and Command A (Cohere 2024 and 2025). */
export const cohere2Family = llamaLikeFamily<CohereConfig>({
  ...shared,
  modelType: 'cohere2',
  name: 'Cohere2',
  readMore: (json) => {
    const depth = json.take('num_hidden_layers', anInteger(), shared.defaults.depth);
    const period =
      json.maybe('sliding_window_pattern', anInteger()) ?? json.maybe('_sliding_window_pattern', anInteger());
    const isWindowed = (layer: number) => (layer + 1) % (period ?? 4) !== 0;
    return { ...readCohere(json), ...readWindowedLayers(json, { depth, window: 4096, isWindowed }) };
  },
  writeMore: (config) => ({ ...writeCohere(config), ...writeWindowedLayers(config, config.depth) }),
  build: buildCohere2,
});

function readCohere(json: ConfigReader) {
  return {
    attentionBias: json.take('attention_bias', aBoolean, false),
    logitScale: json.take('logit_scale', aPositive, 0.0625),
  };
}

function writeCohere({ attentionBias = false, logitScale = 0.0625 }: CohereConfig) {
  return { attention_bias: attentionBias, logit_scale: logitScale };
}

function rules({ heads, keyHeads = heads }: CohereConfig, prefix: string): WeightRule[] {
  const [theirs, ours] = [`${prefix}layers.{i}.self_attn`, 'blocks.{i}.mixer'];
  const weights = (norm: string, count: number) =>
    Array.from({ length: count }, (_, head) => `${ours}.${norm}.heads.${head}.weight`);
  return [
    rule(`${theirs}.q_norm.weight`, weights('queryNorm', heads), stackedRows),
    rule(`${theirs}.k_norm.weight`, weights('keyNorm', keyHeads), stackedRows),
    ...llamaRules(prefix, { norms: { input_layernorm: 'norm' } }),
  ];
}
