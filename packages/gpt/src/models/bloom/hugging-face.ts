import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  aShare,
  attributeTable,
  type ConfigReader,
  fusedRules,
  linearRules,
  type ReadAttribute,
  rule,
  sameRules,
  type WeightRule,
} from '@sequitur/pretrained';
import { gptFamily } from '../gpt-family.js';
import { buildBloom } from './build.js';
import { type BloomConfig, bloomPresets } from './config.js';

/** Bloom (BigScience 2022). */
export const bloomFamily = gptFamily<BloomConfig>({
  modelType: 'bloom',
  classes: ['BloomModel', 'BloomForCausalLM', 'BloomForSequenceClassification'],
  prefix: 'transformer.',
  presets: bloomPresets,
  tokens: { startToken: 1, endToken: 2 },
  readConfig,
  writeConfig,
  build: buildBloom,
  rules,
});

const attributes = attributeTable({
  vocabularySize: ['vocab_size', anInteger(), 250880],
  normEpsilon: ['layer_norm_epsilon', aPositive, 1e-5],
  residualFromNorm: ['apply_residual_connection_post_layernorm', aBoolean, false],
  tied: ['tie_word_embeddings', aBoolean, true],
  attentionDropout: ['attention_dropout', aShare, 0],
  hiddenDropout: ['hidden_dropout', aShare, 0],
  initializerRange: ['initializer_range', aPositive, 0.02],
});

function readConfig(json: ConfigReader) {
  return {
    ...attributes.read(json),
    width: firstOf(json, ['n_embed', 'hidden_size'], anInteger(), 64),
    depth: firstOf(json, ['num_hidden_layers', 'n_layer'], aCount, 2),
    heads: firstOf(json, ['num_attention_heads', 'n_head'], aCount, 8),
  };
}

/** An attribute with several names; the first one in the configuration takes precedence. */
function firstOf(json: ConfigReader, names: readonly string[], read: ReadAttribute<number>, fallback: number): number {
  const [found = fallback] = names.map((name) => json.maybe(name, read)).filter((value) => value !== undefined);
  return found;
}

function writeConfig(config: BloomConfig): Record<string, unknown> {
  return { ...attributes.write(config), hidden_size: config.width, n_layer: config.depth, n_head: config.heads };
}

function rules({ heads }: BloomConfig, prefix: string): WeightRule[] {
  const layer = `${prefix}h.{i}`;
  return [
    rule(`${prefix}word_embeddings.weight`, 'embedding.tokens.weight'),
    ...sameRules(`${prefix}word_embeddings_layernorm`, 'embedding.norm'),
    ...sameRules(`${layer}.input_layernorm`, 'blocks.{i}.mixerNorm'),
    ...fusedRules(`${layer}.self_attention.query_key_value`, 'blocks.{i}.mixer', heads),
    ...linearRules(`${layer}.self_attention.dense`, 'blocks.{i}.mixer.output'),
    ...sameRules(`${layer}.post_attention_layernorm`, 'blocks.{i}.feedForwardNorm'),
    ...linearRules(`${layer}.mlp.dense_h_to_4h`, 'blocks.{i}.feedForward.up'),
    ...linearRules(`${layer}.mlp.dense_4h_to_h`, 'blocks.{i}.feedForward.down'),
    ...sameRules(`${prefix}ln_f`, 'norm'),
  ];
}
