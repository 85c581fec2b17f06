import { activationNames } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  aShare,
  type ConfigReader,
  linearRules,
  linearsRules,
  oneOf,
  only,
  rule,
  sameRules,
  type WeightRule,
} from '@sequitur/pretrained';
import { gptFamily } from '../gpt-family.js';
import { buildOpt } from './build.js';
import { type OptConfig, optPresets } from './config.js';

/** OPT (Zhang et al. 2022). */
export const optFamily = gptFamily<OptConfig>({
  modelType: 'opt',
  classes: ['OPTModel', 'OPTForCausalLM', 'OPTForSequenceClassification'],
  prefix: 'model.',
  presets: optPresets,
  readConfig,
  writeConfig,
  build: buildOpt,
  rules,
});

function readConfig(json: ConfigReader) {
  const width = json.take('hidden_size', anInteger(), 768);
  json.take('layer_norm_elementwise_affine', only(true), true);
  return {
    ...(!json.has('pad_token_id') && { paddingToken: 1 }),
    vocabularySize: json.take('vocab_size', anInteger(), 50272),
    contextLength: json.take('max_position_embeddings', anInteger(), 2048),
    width,
    embeddingWidth: json.take('word_embed_proj_dim', anInteger(), width),
    depth: json.take('num_hidden_layers', aCount, 12),
    heads: json.take('num_attention_heads', aCount, 12),
    hiddenWidth: json.take('ffn_dim', anInteger(), 3072),
    activation: json.take('activation_function', oneOf(activationNames), 'relu'),
    normEpsilon: 1e-5,
    preNorm: json.take('do_layer_norm_before', aBoolean, true),
    finalNorm: !json.take('_remove_final_layer_norm', aBoolean, false),
    bias: json.take('enable_bias', aBoolean, true),
    tied: json.take('tie_word_embeddings', aBoolean, true),
    attentionDropout: json.take('attention_dropout', aShare, 0),
    residualDropout: json.take('dropout', aShare, 0.1),
    initializerRange: json.take('init_std', aPositive, 0.02),
  };
}

function writeConfig(config: OptConfig): Record<string, unknown> {
  return {
    vocab_size: config.vocabularySize,
    max_position_embeddings: config.contextLength,
    hidden_size: config.width,
    word_embed_proj_dim: config.embeddingWidth ?? config.width,
    num_hidden_layers: config.depth,
    num_attention_heads: config.heads,
    ffn_dim: config.hiddenWidth,
    activation_function: config.activation ?? 'relu',
    do_layer_norm_before: config.preNorm ?? true,
    _remove_final_layer_norm: !(config.finalNorm ?? true),
    enable_bias: config.bias ?? true,
    layer_norm_elementwise_affine: true,
    tie_word_embeddings: config.tied ?? true,
    attention_dropout: config.attentionDropout ?? 0,
    dropout: config.residualDropout ?? 0,
    init_std: config.initializerRange ?? 0.02,
  };
}

function rules({ preNorm = true }: OptConfig, prefix: string): WeightRule[] {
  const [layer, decoder] = [`${prefix}decoder.layers.{i}`, `${prefix}decoder`];
  return [
    rule(`${decoder}.embed_tokens.weight`, 'embedding.tokens.weight'),
    rule(`${decoder}.embed_positions.weight`, 'embedding.positions.weight'),
    ...linearRules(`${decoder}.project_in`, 'embedding.project'),
    ...sameRules(`${layer}.self_attn_layer_norm`, 'blocks.{i}.mixerNorm'),
    ...linearsRules(`${layer}.self_attn`, 'blocks.{i}.mixer', {
      ...{ q_proj: 'query', k_proj: 'key', v_proj: 'value', out_proj: 'output' },
    }),
    ...sameRules(`${layer}.final_layer_norm`, 'blocks.{i}.feedForwardNorm'),
    ...linearsRules(layer, 'blocks.{i}.feedForward', { fc1: 'up', fc2: 'down' }),
    ...(preNorm ? sameRules(`${decoder}.final_layer_norm`, 'norm.norm') : []),
    ...linearRules(`${decoder}.project_out`, 'norm.project'),
  ];
}
