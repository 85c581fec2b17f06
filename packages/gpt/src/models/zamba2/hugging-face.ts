import { aCount, aPositive, attribute, only } from '@sequitur/pretrained';
import { gptFamily } from '../gpt-family.js';
import { readLayerKinds } from '../read-layer-kinds.js';
import { rotary } from '../rotary-attributes.js';
import { buildZamba2 } from './build.js';
import { type Zamba2Config, zamba2Presets } from './config.js';
import { hybridLayers, zamba2Rules } from './rules.js';

/** Kinds of layers, by the names of transformers 4 and 5. */
const KINDS = { mamba: false, linear_attention: false, hybrid: true } as const;

const family = gptFamily<Zamba2Config>({
  modelType: 'zamba2',
  classes: ['Zamba2Model', 'Zamba2ForCausalLM', 'Zamba2ForSequenceClassification'],
  prefix: 'model.',
  presets: zamba2Presets,
  tokens: { startToken: 1, endToken: 2, paddingToken: 0 },
  attributes: [
    {
      vocabularySize: attribute.integer('vocab_size', 32000),
      contextLength: attribute.integer('max_position_embeddings', 4096),
      width: attribute.integer('hidden_size', 2560),
      depth: attribute.count('num_hidden_layers', 54),
      heads: attribute.count('num_attention_heads', 32),
      activation: attribute.activation('hidden_act', 'gelu'),
      normEpsilon: attribute.positive('rms_norm_eps', 1e-5),
      stateSize: attribute.integer('mamba_d_state', 64),
      groups: attribute.integer('mamba_ngroups', 1),
      kernelSize: attribute.integer('mamba_d_conv', 4),
      chunkLength: attribute.integer('chunk_size', 256),
      convolutionBias: attribute.flag('use_conv_bias', true),
      sharedBlocks: attribute.count('num_mem_blocks', 1),
      adapterRank: attribute.integer('adapter_rank', 128),
      attentionAdapters: attribute.flag('use_shared_attention_adapter', false),
      rotated: attribute.flag('use_mem_rope', false),
      tied: attribute.flag('tie_word_embeddings', true),
      attentionDropout: attribute.dropout('attention_dropout'),
      initializerRange: attribute.positive('initializer_range', 0.02),
    },
    attribute.fixed({ add_bias_linear: false }),
    rotary(),
    {
      innerWidth: {
        read: (json, { width }) => Math.trunc(json.take('mamba_expand', aPositive, 2) * width),
        write: (innerWidth = 0, { width }) => ({ mamba_expand: innerWidth / width }),
      },
      scanHeadSize: {
        read: (json, { innerWidth }) => innerWidth / json.take('n_mamba_heads', aCount, 8),
        write: (size = 1, { innerWidth }) => ({ n_mamba_heads: innerWidth / size }),
      },
      stepLimit: {
        read: (json) => {
          json.maybe('time_step_limit', only(null));
          return [json.take('time_step_min', aPositive, 0.001), Number.POSITIVE_INFINITY];
        },
        write: ([least] = [0.001, Number.POSITIVE_INFINITY]) => ({ time_step_min: least }),
      },
      hiddenWidth: attribute.integer('intermediate_size', ({ width }) => 4 * width),
      keyHeads: attribute.count('num_key_value_heads', ({ heads }) => heads),
      hybrid: {
        read: (json, { depth }) => readLayerKinds(json, 'layers_block_type', KINDS, depth) ?? usualLayers(depth),
        write: (hybrid = []) => ({ layers_block_type: hybrid.map((is) => (is ? 'hybrid' : 'mamba')) }),
      },
    },
    attribute.fixed({ use_long_context: false }),
  ],
  build: buildZamba2,
  rules: zamba2Rules,
});

/** Zamba2 (Glorioso et al. 2024). */
export const zamba2Family: typeof family = {
  ...family,
  tiedTensors: (config, prefix) => [
    ...(family.tiedTensors?.(config, prefix) ?? []),
    ...hybridLayers(config).flatMap(({ layer, first }) => (layer === first ? [] : sharedTies(prefix, layer, first))),
  ],
};

/** The ties of a shared block, which files may store for each layer that reads it. */
function sharedTies(prefix: string, layer: number, first: number) {
  const parts = [
    ...['q_proj', 'k_proj', 'v_proj', 'o_proj'].map((name) => `self_attn.${name}`),
    ...['feed_forward.gate_up_proj', 'feed_forward.down_proj', 'input_layernorm', 'pre_ff_layernorm'],
  ];
  const named = (of: number, part: string) => `${prefix}layers.${of}.shared_transformer.${part}.weight`;
  return parts.map((part) => ({ tensor: named(layer, part), to: named(first, part) }));
}

/** The default hybrid layers: every sixth; of 54 layers, every fourth or fifth of the last ones. */
function usualLayers(depth: number): readonly boolean[] {
  return Array.from({ length: depth }, (_, layer) => [6, 12, 18, 24, 30, 36, 42, 47, 51].includes(layer));
}
