import {
  attribute,
  causalMask,
  fusedRules,
  hiddenScore,
  linearRules,
  rotaryFrequencies,
  sameRules,
} from '@sequitur/pretrained';
import { gptFamily } from '../gpt-family.js';
import { frequenciesOf, readRotary, writeRotaryScaling } from '../rotary-attributes.js';
import { buildGptNeox } from './build.js';
import { type GptNeoxConfig, gptNeoxPresets } from './config.js';

/** Newer configs repeat these attributes under other names. */
const ROTARY = {
  ...{ bases: ['rotary_emb_base', 'rope_theta'], shares: ['rotary_pct', 'partial_rotary_factor'], share: 0.25 },
};

/** GPT-NeoX (Black et al. 2022). */
export const gptNeoxFamily = gptFamily<GptNeoxConfig>({
  modelType: 'gpt_neox',
  classes: ['GPTNeoXModel', 'GPTNeoXForCausalLM', 'GPTNeoXForSequenceClassification'],
  prefix: 'gpt_neox.',
  presets: gptNeoxPresets,
  tokens: { startToken: 0, endToken: 2 },
  attributes: [
    {
      vocabularySize: attribute.integer('vocab_size', 50432),
      contextLength: attribute.integer('max_position_embeddings', 2048),
      width: attribute.integer('hidden_size', 6144),
      depth: attribute.count('num_hidden_layers', 44),
      heads: attribute.count('num_attention_heads', 64),
      hiddenWidth: attribute.integer('intermediate_size', 24576),
      activation: attribute.activation('hidden_act', 'gelu'),
      normEpsilon: attribute.positive('layer_norm_eps', 1e-5),
      parallel: attribute.flag('use_parallel_residual', true),
      attentionBias: attribute.flag('attention_bias', true),
      tied: attribute.flag('tie_word_embeddings', false),
      attentionDropout: attribute.dropout('attention_dropout'),
      hiddenDropout: attribute.dropout('hidden_dropout'),
      initializerRange: attribute.positive('initializer_range', 0.02),
    },
    {
      read: (json, known) => readRotary(json, known?.contextLength, ROTARY),
      write: ({ partialRotaryFactor = 0.25, rotaryBase = 10000, rotaryScaling }) => ({
        ...{ rotary_pct: partialRotaryFactor, rotary_emb_base: rotaryBase },
        rope_scaling: writeRotaryScaling(rotaryScaling),
      }),
    },
  ],
  build: buildGptNeox,
  rules: ({ heads }, prefix) => [
    ...sameRules(prefix, '', { embed_in: 'embedding.tokens', final_layer_norm: 'norm' }),
    ...sameRules(`${prefix}layers.{i}`, 'blocks.{i}', {
      ...{ input_layernorm: 'mixerNorm', post_attention_layernorm: 'feedForwardNorm' },
    }),
    ...fusedRules(`${prefix}layers.{i}.attention.query_key_value`, 'blocks.{i}.mixer', heads),
    ...linearRules(`${prefix}layers.{i}`, 'blocks.{i}', {
      'attention.dense': 'mixer.output',
      ...{ 'mlp.dense_h_to_4h': 'feedForward.up', 'mlp.dense_4h_to_h': 'feedForward.down' },
    }),
  ],
  head: 'embed_out',
  buffers: (config) => [
    causalMask('layers.{i}.attention.bias'),
    hiddenScore('layers.{i}.attention.masked_bias'),
    rotaryFrequencies('layers.{i}.attention.rotary_emb.inv_freq', () =>
      frequenciesOf({ partialRotaryFactor: ROTARY.share, ...config }),
    ),
  ],
});
