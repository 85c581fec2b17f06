import { activationNames } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  aShare,
  attributeTable,
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
  tokens: { startToken: 2, endToken: 2, paddingToken: 1 },
  readConfig,
  writeConfig,
  build: buildOpt,
  rules,
});

const attributes = attributeTable({
  vocabularySize: ['vocab_size', anInteger(), 50272],
  contextLength: ['max_position_embeddings', anInteger(), 2048],
  width: ['hidden_size', anInteger(), 768],
  depth: ['num_hidden_layers', aCount, 12],
  heads: ['num_attention_heads', aCount, 12],
  hiddenWidth: ['ffn_dim', anInteger(), 3072],
  activation: ['activation_function', oneOf(activationNames), 'relu'],
  preNorm: ['do_layer_norm_before', aBoolean, true],
  bias: ['enable_bias', aBoolean, true],
  tied: ['tie_word_embeddings', aBoolean, true],
  attentionDropout: ['attention_dropout', aShare, 0],
  residualDropout: ['dropout', aShare, 0.1, 0],
  initializerRange: ['init_std', aPositive, 0.02],
});

function readConfig(json: ConfigReader) {
  const values = attributes.read(json);
  json.take('layer_norm_elementwise_affine', only(true), true);
  return {
    ...values,
    embeddingWidth: json.take('word_embed_proj_dim', anInteger(), values.width),
    normEpsilon: 1e-5,
    finalNorm: !json.take('_remove_final_layer_norm', aBoolean, false),
  };
}

function writeConfig(config: OptConfig): Record<string, unknown> {
  return {
    ...attributes.write(config),
    word_embed_proj_dim: config.embeddingWidth ?? config.width,
    _remove_final_layer_norm: !(config.finalNorm ?? true),
    layer_norm_elementwise_affine: true,
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
