import { SequiturError } from '@sequitur/core';
import {
  anInteger,
  attribute,
  causalMask,
  hiddenScore,
  linearRules,
  oneOf,
  type ReadAttribute,
  sameRules,
  texts,
} from '@sequitur/pretrained';
import { gptFamily } from '../gpt-family.js';
import { buildGptNeo } from './build.js';
import { alternating, type GptNeoConfig, gptNeoPresets, type NeoReach } from './config.js';

/** GPT-Neo (Black et al. 2021). */
export const gptNeoFamily = gptFamily<GptNeoConfig>({
  modelType: 'gpt_neo',
  classes: ['GPTNeoModel', 'GPTNeoForCausalLM', 'GPTNeoForSequenceClassification'],
  prefix: 'transformer.',
  presets: gptNeoPresets,
  tokens: { startToken: 50256, endToken: 50256 },
  aliases: { num_attention_heads: 'num_heads', num_hidden_layers: 'num_layers' },
  attributes: [
    {
      vocabularySize: attribute.integer('vocab_size', 50257),
      contextLength: attribute.integer('max_position_embeddings', 2048),
      width: attribute.integer('hidden_size', 2048),
      depth: attribute.count('num_layers', 24),
      heads: attribute.count('num_heads', 16),
      window: attribute.integer('window_size', 256),
      activation: attribute.activation('activation_function', 'gelu_new'),
      normEpsilon: attribute.positive('layer_norm_epsilon', 1e-5),
      tied: attribute.flag('tie_word_embeddings', true),
      embeddingDropout: attribute.dropout('embed_dropout'),
      attentionDropout: attribute.dropout('attention_dropout'),
      residualDropout: attribute.dropout('resid_dropout'),
      initializerRange: attribute.positive('initializer_range', 0.02),
      hiddenWidth: attribute.integer('intermediate_size', ({ width }) => 4 * width, null),
      reaches: {
        read: (json, { depth }) => json.take('attention_types', reachesFor(depth), alternating(depth)),
        write: (reaches = []) => ({
          attention_types: reaches.map((reach) => [[reach], 1]),
          attention_layers: reaches,
        }),
      },
    },
  ],
  build: buildGptNeo,
  rules: (_config, prefix) => [
    ...sameRules(prefix, '', { wte: 'embedding.tokens', wpe: 'embedding.positions', ln_f: 'norm' }),
    ...sameRules(`${prefix}h.{i}`, 'blocks.{i}', { ln_1: 'mixerNorm', ln_2: 'feedForwardNorm' }),
    ...linearRules(`${prefix}h.{i}.attn.attention`, 'blocks.{i}.mixer', {
      ...{ q_proj: 'query', k_proj: 'key', v_proj: 'value', out_proj: 'output' },
    }),
    ...linearRules(`${prefix}h.{i}.mlp`, 'blocks.{i}.feedForward', { c_fc: 'up', c_proj: 'down' }),
  ],
  buffers: ({ reaches, window = 256 }) => [
    ...reaches.map((reach, block) =>
      causalMask(`h.${block}.attn.attention.bias`, reach === 'local' ? window : undefined),
    ),
    hiddenScore('h.{i}.attn.attention.masked_bias'),
  ],
});

/** The kinds of blocks, from lists of kinds with their repetitions: `[[["global", "local"], 12]]`. */
function reachesFor(depth: number): ReadAttribute<readonly NeoReach[]> {
  return (value, where) => {
    const groups = Array.isArray(value) ? value : [];
    const reaches = groups.flatMap((group) => {
      const [kinds, times] = Array.isArray(group) ? group : [];
      const repeated = new Array(anInteger(1, depth)(times ?? null, where)).fill(texts(kinds ?? null, where));
      return repeated.flat().map((kind) => oneOf<NeoReach>(['global', 'local'])(kind, where));
    });
    if (reaches.length === depth) return reaches;
    throw new SequiturError({ where, expected: `${depth} blocks, as num_layers says`, got: `${reaches.length}` });
  };
}
