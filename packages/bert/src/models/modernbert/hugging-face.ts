import { activationNames } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  aShare,
  type ConfigReader,
  defined,
  linearRules,
  oneOf,
  only,
  projections,
  rule,
  sameRules,
  sideBySide,
  transposed,
  transposedSideBySide,
  type WeightRule,
} from '@sequitur/pretrained';
import { readCommon, writeCommon } from '../bert/attributes.js';
import type { EncoderFamily } from '../encoder-family.js';
import { buildModernBert } from './build.js';
import { type ModernBertConfig, modernBertPresets } from './config.js';

/** ModernBERT (Warner et al. 2024). */
export const modernBertFamily: EncoderFamily<ModernBertConfig> = {
  modelType: 'modernbert',
  classes: {
    ModernBertModel: 'none',
    ModernBertForMaskedLM: 'maskedLanguage',
    ModernBertForSequenceClassification: 'sequenceClassification',
    ModernBertForTokenClassification: 'tokenClassification',
  },
  prefix: 'model.',
  presets: modernBertPresets,
  readConfig,
  writeConfig,
  build: (config) => buildModernBert(config),
  rules: (_config, prefix) => rules(prefix),
  headRules: (kind) => {
    const dense = (path: string) => [
      ...linearRules('head.dense', `${path}.dense`),
      ...sameRules('head.norm', `${path}.norm`),
    ];
    const classifier = linearRules('classifier', 'head.output');
    switch (kind) {
      case 'none':
        return [];
      case 'maskedLanguage':
        return [
          ...dense('head'),
          rule('decoder.weight', 'head.decoder.weight', transposed),
          rule('decoder.bias', 'head.bias'),
        ];
      case 'sequenceClassification':
        return [...dense('head.pooler'), ...classifier];
      default:
        return [...dense('head.transform'), ...classifier];
    }
  },
  tiedTensors: ({ tied = true }, prefix) =>
    tied
      ? [{ tensor: 'decoder.weight', to: `${prefix}embeddings.tok_embeddings.weight`, untied: { tied: false } }]
      : [],
};

function readConfig(json: ConfigReader): ModernBertConfig {
  json.take('sparse_prediction', only(false), false);
  const vocabularySize = json.take('vocab_size', anInteger(), 50368);
  return defined({
    ...readCommon(json, { startToken: 50281, endToken: 50282, paddingToken: 50283 }, vocabularySize),
    modelType: 'modernbert',
    vocabularySize,
    contextLength: json.take('max_position_embeddings', anInteger(), 8192),
    width: json.take('hidden_size', anInteger(), 768),
    depth: json.take('num_hidden_layers', aCount, 22),
    heads: json.take('num_attention_heads', aCount, 12),
    hiddenWidth: json.take('intermediate_size', anInteger(), 1152),
    activation: json.take('hidden_activation', oneOf(activationNames), 'gelu'),
    normEpsilon: json.take('norm_eps', aPositive, 1e-5),
    normBias: json.take('norm_bias', aBoolean, false),
    fullEvery: json.take('global_attn_every_n_layers', aCount, 3),
    window: json.take('local_attention', anInteger(), 128),
    rotaryBase: json.take('global_rope_theta', aPositive, 160000),
    windowRotaryBase: json.has('local_rope_theta') ? json.maybe('local_rope_theta', aPositive) : 10000,
    attentionBias: json.take('attention_bias', aBoolean, false),
    feedForwardBias: json.take('mlp_bias', aBoolean, false),
    headBias: json.take('classifier_bias', aBoolean, false),
    headActivation: json.take('classifier_activation', oneOf(activationNames), 'gelu'),
    scoreBias: json.take('decoder_bias', aBoolean, true),
    pools: json.take('classifier_pooling', oneOf(['cls', 'mean']), 'cls') === 'mean' ? 'mean' : 'first',
    dropout: json.take('embedding_dropout', aShare, 0),
    attentionDropout: json.take('attention_dropout', aShare, 0),
    feedForwardDropout: json.take('mlp_dropout', aShare, 0),
    classifierDropout: json.take('classifier_dropout', aShare, 0),
    initializerRange: json.take('initializer_range', aPositive, 0.02),
  }) as ModernBertConfig;
}

function writeConfig(config: ModernBertConfig): Record<string, unknown> {
  return {
    ...writeCommon(config),
    vocab_size: config.vocabularySize,
    max_position_embeddings: config.contextLength,
    hidden_size: config.width,
    num_hidden_layers: config.depth,
    num_attention_heads: config.heads,
    intermediate_size: config.hiddenWidth,
    hidden_activation: config.activation ?? 'gelu',
    norm_eps: config.normEpsilon ?? 1e-5,
    norm_bias: config.normBias ?? false,
    global_attn_every_n_layers: config.fullEvery,
    local_attention: config.window,
    global_rope_theta: config.rotaryBase,
    local_rope_theta: config.windowRotaryBase ?? null,
    attention_bias: config.attentionBias ?? false,
    mlp_bias: config.feedForwardBias ?? false,
    classifier_bias: config.headBias ?? false,
    classifier_activation: config.headActivation ?? 'gelu',
    decoder_bias: config.scoreBias ?? true,
    classifier_pooling: config.pools === 'mean' ? 'mean' : 'cls',
    embedding_dropout: config.dropout ?? 0,
    attention_dropout: config.attentionDropout ?? 0,
    mlp_dropout: config.feedForwardDropout ?? 0,
    classifier_dropout: config.classifierDropout ?? 0,
    initializer_range: config.initializerRange ?? 0.02,
    sparse_prediction: false,
  };
}

function rules(prefix: string): WeightRule[] {
  const [layer, block] = [`${prefix}layers.{i}`, 'encoder.stack.blocks.{i}'];
  const fused = (checkpoint: string, paths: readonly string[]) => {
    const each = (name: string) => paths.map((path) => `${path}.${name}`);
    return [
      rule(`${checkpoint}.weight`, each('weight'), transposedSideBySide),
      rule(`${checkpoint}.bias`, each('bias'), sideBySide),
    ];
  };
  return [
    rule(`${prefix}embeddings.tok_embeddings.weight`, 'encoder.embedding.tokens.weight'),
    ...sameRules(`${prefix}embeddings.norm`, 'encoder.embedding.norm'),
    ...sameRules(`${layer}.attn_norm`, `${block}.mixerNorm`),
    ...fused(`${layer}.attn.Wqkv`, projections(`${block}.mixer`)),
    ...linearRules(`${layer}.attn.Wo`, `${block}.mixer.output`),
    ...sameRules(`${layer}.mlp_norm`, `${block}.feedForwardNorm`),
    ...fused(`${layer}.mlp.Wi`, [`${block}.feedForward.gate`, `${block}.feedForward.up`]),
    ...linearRules(`${layer}.mlp.Wo`, `${block}.feedForward.down`),
    ...sameRules(`${prefix}final_norm`, 'encoder.stack.norm'),
  ];
}
