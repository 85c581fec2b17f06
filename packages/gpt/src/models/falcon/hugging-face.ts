import { SequiturError } from '@sequitur/core';
import {
  type AttributeTable,
  aBoolean,
  aCount,
  anInteger,
  attribute,
  fusedRules,
  linearRules,
  rotaryFrequencies,
  rule,
  sameRules,
  type TensorNames,
} from '@sequitur/pretrained';
import { gptFamily } from '../gpt-family.js';
import { frequenciesOf, readRotary, writeRotaryScaling } from '../rotary-attributes.js';
import { buildFalcon } from './build.js';
import { type FalconConfig, falconPresets } from './config.js';

/** The variant of the decoder, and its numbers of key heads and norms. */
const decoder: AttributeTable<Pick<FalconConfig, 'heads' | 'keyHeads' | 'newDecoder' | 'parallel' | 'norms'>> = {
  read: (json) => {
    const heads = json.take('num_attention_heads', aCount, 71);
    const newDecoder = json.take('new_decoder_architecture', aBoolean, false);
    const multiQuery = json.take('multi_query', aBoolean, true);
    const given = json.take('num_kv_heads', aCount, heads);
    const keyHeads = newDecoder ? given : multiQuery ? 1 : heads;
    const parallel = json.take('parallel_attn', aBoolean, true);
    const norms = json.maybe('num_ln_in_parallel_attn', anInteger(1, 2)) ?? (newDecoder ? 2 : 1);
    if (!parallel && (newDecoder || norms === 2)) {
      const got = `new_decoder_architecture ${newDecoder}, num_ln_in_parallel_attn ${norms}`;
      const expected = 'the old decoder with one norm each, where parallel_attn is false';
      throw new SequiturError({ where: json.where, expected, got });
    }
    return { heads, keyHeads, newDecoder, parallel, norms: norms as 1 | 2 };
  },
  write: ({ heads, keyHeads = heads, newDecoder = false, parallel = true, norms = 1 }) => ({
    num_attention_heads: heads,
    num_kv_heads: keyHeads,
    new_decoder_architecture: newDecoder,
    multi_query: newDecoder || keyHeads === 1,
    parallel_attn: parallel,
    num_ln_in_parallel_attn: norms,
  }),
};

/** Falcon (Almazrouei et al. 2023): its two decoders, with rotary positions. */
export const falconFamily = gptFamily<FalconConfig>({
  modelType: 'falcon',
  classes: ['FalconModel', 'FalconForCausalLM', 'FalconForSequenceClassification'],
  prefix: 'transformer.',
  presets: falconPresets,
  tokens: { startToken: 11, endToken: 11 },
  aliases: {
    ...{ n_embd: 'hidden_size', n_head: 'num_attention_heads', n_layer: 'num_hidden_layers' },
    n_head_kv: 'num_kv_heads',
  },
  attributes: [
    {
      vocabularySize: attribute.integer('vocab_size', 65024),
      contextLength: attribute.integer('max_position_embeddings', 2048),
      activation: attribute.activation('activation', 'gelu'),
      normEpsilon: attribute.positive('layer_norm_epsilon', 1e-5),
      bias: attribute.flag('bias', false),
      tied: attribute.flag('tie_word_embeddings', true, false),
      attentionDropout: attribute.dropout('attention_dropout'),
      residualDropout: attribute.dropout('hidden_dropout'),
      initializerRange: attribute.positive('initializer_range', 0.02),
      width: attribute.integer('hidden_size', 4544),
      depth: attribute.count('num_hidden_layers', 32),
    },
    decoder,
    attribute.fixed({ alibi: false }), // Python rounds its slopes to bfloat16
    { hiddenWidth: attribute.integer('ffn_hidden_size', ({ width }) => 4 * width) },
    {
      read: (json, known) => readRotary(json, known?.contextLength, { bases: ['rope_theta'] }),
      write: ({ rotaryBase = 10000, rotaryScaling }) => ({
        rope_theta: rotaryBase,
        rope_scaling: writeRotaryScaling(rotaryScaling),
      }),
    },
  ],
  build: buildFalcon,
  rules: (config, prefix) => {
    const { heads, keyHeads = heads } = config;
    const [layer, block] = [`${prefix}h.{i}`, 'blocks.{i}'];
    return [
      rule(`${prefix}word_embeddings.weight`, 'embedding.tokens.weight'),
      ...sameRules(layer, block, normNames(config)),
      ...fusedRules(`${layer}.self_attention.query_key_value`, `${block}.mixer`, keyHeads),
      ...linearRules(layer, block, {
        'self_attention.dense': 'mixer.output',
        ...{ 'mlp.dense_h_to_4h': 'feedForward.up', 'mlp.dense_4h_to_h': 'feedForward.down' },
      }),
      ...sameRules(`${prefix}ln_f`, 'norm'),
    ];
  },
  buffers: (config) =>
    ['h.{i}.self_attention.rotary_emb.inv_freq', 'rotary_emb.inv_freq'].map((name) =>
      rotaryFrequencies(name, () => frequenciesOf(config)),
    ),
});

function normNames({ parallel = true, norms = 1 }: FalconConfig): TensorNames {
  if (!parallel) return { input_layernorm: 'mixerNorm', post_attention_layernorm: 'feedForwardNorm' };
  return norms === 2 ? { ln_attn: 'mixerNorm', ln_mlp: 'feedForwardNorm' } : { input_layernorm: 'norm' };
}
