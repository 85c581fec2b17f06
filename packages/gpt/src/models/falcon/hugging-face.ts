import { activationNames, SequiturError } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  aShare,
  attributeTable,
  type ConfigReader,
  defined,
  fusedRules,
  linearRules,
  oneOf,
  only,
  rotaryFrequencies,
  rule,
  sameRules,
  type WeightRule,
} from '@sequitur/pretrained';
import { gptFamily } from '../gpt-family.js';
import { frequenciesOf, readRotary, writeRotaryScaling } from '../rotary-attributes.js';
import { buildFalcon } from './build.js';
import { type FalconConfig, falconPresets } from './config.js';

/** Falcon (Almazrouei et al. 2023): its two decoders, with rotary positions. */
export const falconFamily = gptFamily<FalconConfig>({
  modelType: 'falcon',
  classes: ['FalconModel', 'FalconForCausalLM', 'FalconForSequenceClassification'],
  prefix: 'transformer.',
  presets: falconPresets,
  readConfig,
  writeConfig,
  build: buildFalcon,
  rules,
  tokens: { startToken: 11, endToken: 11 },
  aliases: {
    n_embd: 'hidden_size',
    n_head: 'num_attention_heads',
    n_layer: 'num_hidden_layers',
    n_head_kv: 'num_kv_heads',
  },
  buffers: (config) =>
    ['h.{i}.self_attention.rotary_emb.inv_freq', 'rotary_emb.inv_freq'].map((name) =>
      rotaryFrequencies(name, () => frequenciesOf(config)),
    ),
});

const attributes = attributeTable({
  vocabularySize: ['vocab_size', anInteger(), 65024],
  contextLength: ['max_position_embeddings', anInteger(), 2048],
  activation: ['activation', oneOf(activationNames), 'gelu'],
  normEpsilon: ['layer_norm_epsilon', aPositive, 1e-5],
  bias: ['bias', aBoolean, false],
  tied: ['tie_word_embeddings', aBoolean, true, false],
  attentionDropout: ['attention_dropout', aShare, 0],
  residualDropout: ['hidden_dropout', aShare, 0],
  initializerRange: ['initializer_range', aPositive, 0.02],
});

function readConfig(json: ConfigReader) {
  const values = attributes.read(json);
  const width = json.take('hidden_size', anInteger(), json.maybe('n_embd', anInteger()) ?? 4544);
  json.take('alibi', only(false), false); // Python rounds its slopes to bfloat16
  return defined({
    ...values,
    width,
    depth: json.take('num_hidden_layers', aCount, json.maybe('n_layer', aCount) ?? 32),
    hiddenWidth: json.take('ffn_hidden_size', anInteger(), 4 * width),
    ...readDecoder(json),
    ...readRotary(json, values.contextLength, { bases: ['rope_theta'] }),
  });
}

/** The variant of the decoder, and its numbers of key heads and norms. */
function readDecoder(json: ConfigReader) {
  const heads = json.take('num_attention_heads', aCount, json.maybe('n_head', aCount) ?? 71);
  const newDecoder = json.take('new_decoder_architecture', aBoolean, false);
  const multiQuery = json.take('multi_query', aBoolean, true);
  const given = json.take('num_kv_heads', aCount, json.maybe('n_head_kv', aCount) ?? heads);
  const keyHeads = newDecoder ? given : multiQuery ? 1 : heads;
  const parallel = json.take('parallel_attn', aBoolean, true);
  const norms = json.maybe('num_ln_in_parallel_attn', anInteger(1, 2)) ?? (newDecoder ? 2 : 1);
  if (!parallel && (newDecoder || norms === 2)) {
    const got = `new_decoder_architecture ${newDecoder}, num_ln_in_parallel_attn ${norms}`;
    const expected = 'the old decoder with one norm each, where parallel_attn is false';
    throw new SequiturError({ where: json.where, expected, got });
  }
  return { heads, keyHeads, newDecoder, parallel, norms: norms as 1 | 2 };
}

function writeConfig(config: FalconConfig): Record<string, unknown> {
  const { heads, keyHeads = heads, newDecoder = false } = config;
  return {
    ...attributes.write(config),
    hidden_size: config.width,
    num_hidden_layers: config.depth,
    num_attention_heads: heads,
    num_kv_heads: keyHeads,
    new_decoder_architecture: newDecoder,
    multi_query: newDecoder || keyHeads === 1,
    parallel_attn: config.parallel ?? true,
    num_ln_in_parallel_attn: config.norms ?? 1,
    alibi: false,
    ffn_hidden_size: config.hiddenWidth,
    rope_theta: config.rotaryBase ?? 10000,
    rope_scaling: writeRotaryScaling(config.rotaryScaling),
  };
}

/** Names of the norms: theirs -> ours. */
function normNames({ parallel = true, norms = 1 }: FalconConfig): Readonly<Record<string, string>> {
  if (!parallel) return { input_layernorm: 'mixerNorm', post_attention_layernorm: 'feedForwardNorm' };
  return norms === 2 ? { ln_attn: 'mixerNorm', ln_mlp: 'feedForwardNorm' } : { input_layernorm: 'norm' };
}

function rules(config: FalconConfig, prefix: string): WeightRule[] {
  const { heads, keyHeads = heads } = config;
  const [layer, block] = [`${prefix}h.{i}`, 'blocks.{i}'];
  return [
    rule(`${prefix}word_embeddings.weight`, 'embedding.tokens.weight'),
    ...Object.entries(normNames(config)).flatMap(([theirs, ours]) => {
      return sameRules(`${layer}.${theirs}`, `${block}.${ours}`);
    }),
    ...fusedRules(`${layer}.self_attention.query_key_value`, `${block}.mixer`, keyHeads),
    ...linearRules(`${layer}.self_attention.dense`, `${block}.mixer.output`),
    ...linearRules(`${layer}.mlp.dense_h_to_4h`, `${block}.feedForward.up`),
    ...linearRules(`${layer}.mlp.dense_4h_to_h`, `${block}.feedForward.down`),
    ...sameRules(`${prefix}ln_f`, 'norm'),
  ];
}
