import {
  anInteger,
  attribute,
  causalMask,
  hiddenScore,
  linearRules,
  only,
  type StoredBuffer,
  sameRules,
} from '@sequitur/pretrained';
import { gptFamily } from '../gpt-family.js';
import { buildGptJ } from './build.js';
import { type GptJConfig, gptJPresets } from './config.js';

/** GPT-J (Wang and Komatsuzaki 2021). */
export const gptJFamily = gptFamily<GptJConfig>({
  modelType: 'gptj',
  classes: ['GPTJModel', 'GPTJForCausalLM', 'GPTJForSequenceClassification'],
  prefix: 'transformer.',
  presets: gptJPresets,
  tokens: { startToken: 50256, endToken: 50256 },
  aliases: {
    ...{ hidden_size: 'n_embd', max_position_embeddings: 'n_positions' },
    ...{ num_attention_heads: 'n_head', num_hidden_layers: 'n_layer' },
  },
  attributes: [
    {
      vocabularySize: attribute.integer('vocab_size', 50400),
      contextLength: attribute.integer('n_positions', 2048),
      width: attribute.integer('n_embd', 4096),
      depth: attribute.count('n_layer', 28),
      heads: attribute.count('n_head', 16),
      activation: attribute.activation('activation_function', 'gelu_new'),
      normEpsilon: attribute.positive('layer_norm_epsilon', 1e-5),
      // Tied, its head would still have a bias.
      tied: { read: (json) => json.take('tie_word_embeddings', only(false), false), write: () => UNTIED },
      embeddingDropout: attribute.dropout('embd_pdrop'),
      attentionDropout: attribute.dropout('attn_pdrop'),
      residualDropout: attribute.dropout('resid_pdrop'),
      initializerRange: attribute.positive('initializer_range', 0.02),
      hiddenWidth: attribute.integer('n_inner', ({ width }) => 4 * width),
      rotaryDimensions: {
        ...attribute.integer('rotary_dim', 64),
        read: (json) => (json.has('rotary_dim') ? json.take('rotary_dim', anInteger()) : 64),
      },
    },
  ],
  build: buildGptJ,
  rules: (_config, prefix) => [
    ...sameRules(prefix, '', { wte: 'embedding.tokens', ln_f: 'norm', 'h.{i}.ln_1': 'blocks.{i}.norm' }),
    ...linearRules(`${prefix}h.{i}.attn`, 'blocks.{i}.mixer', {
      ...{ q_proj: 'query', k_proj: 'key', v_proj: 'value', out_proj: 'output' },
    }),
    ...linearRules(`${prefix}h.{i}.mlp`, 'blocks.{i}.feedForward', { fc_in: 'up', fc_out: 'down' }),
  ],
  buffers: ({ rotaryDimensions = 64 }) => [
    causalMask('h.{i}.attn.bias'),
    hiddenScore('h.{i}.attn.masked_bias'),
    rotationTable('h.{i}.attn.embed_positions', rotaryDimensions),
  ],
});

const UNTIED = { tie_word_embeddings: false };

/** Sines, then cosines, of each position. */
function rotationTable(tensor: string, size: number): StoredBuffer {
  const valueAt = (position: number, column: number) => {
    const pair = column % (size / 2);
    const angle = position * 10000 ** ((-2 * pair) / size);
    return column < size / 2 ? Math.sin(angle) : Math.cos(angle);
  };
  return {
    tensor,
    means: 'sines and cosines of positions',
    holds: (values, shape) =>
      shape.at(-1) === size &&
      values.every((value, i) => Math.abs(value - valueAt(Math.floor(i / size), i % size)) < 2e-3),
  };
}
