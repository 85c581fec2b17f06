import {
  affineRules,
  attribute,
  causalMask,
  EAGER,
  hiddenScore,
  projections,
  sameRules,
  sideBySide,
} from '@sequitur/pretrained';
import { gptFamily } from '../gpt-family.js';
import { buildGpt2 } from './build.js';
import { type Gpt2Config, gpt2Presets } from './config.js';

/** GPT-2 (Radford et al. 2019). */
export const gpt2Family = gptFamily<Gpt2Config>({
  modelType: 'gpt2',
  classes: ['GPT2Model', 'GPT2LMHeadModel', 'GPT2ForSequenceClassification'],
  prefix: 'transformer.',
  presets: gpt2Presets,
  tokens: { startToken: 50256, endToken: 50256 },
  aliases: {
    ...{ hidden_size: 'n_embd', max_position_embeddings: 'n_positions' },
    ...{ num_attention_heads: 'n_head', num_hidden_layers: 'n_layer' },
  },
  attributes: [
    {
      vocabularySize: attribute.integer('vocab_size', 50257),
      contextLength: attribute.integer('n_positions', 1024),
      width: attribute.integer('n_embd', 768),
      depth: attribute.count('n_layer', 12),
      heads: attribute.count('n_head', 12),
      activation: attribute.activation('activation_function', 'gelu_new'),
      normEpsilon: attribute.positive('layer_norm_epsilon', 1e-5),
      scaleScores: attribute.flag('scale_attn_weights', true),
      scaleScoresByDepth: attribute.flag('scale_attn_by_inverse_layer_idx', false),
      tied: attribute.flag('tie_word_embeddings', true),
      embeddingDropout: attribute.dropout('embd_pdrop', 0.1),
      attentionDropout: attribute.dropout('attn_pdrop', 0.1),
      residualDropout: attribute.dropout('resid_pdrop', 0.1),
      initializerRange: attribute.positive('initializer_range', 0.02),
      hiddenWidth: attribute.integer('n_inner', ({ width }) => 4 * width, null),
    },
    attribute.written<Gpt2Config>(({ scaleScoresByDepth }) => (scaleScoresByDepth ? EAGER : {})),
  ],
  build: buildGpt2,
  // Conv1D layers store [inputs, outputs], as ours do.
  rules: (_config, prefix) => [
    ...sameRules(prefix, '', { wte: 'embedding.tokens', wpe: 'embedding.positions', ln_f: 'norm' }),
    ...sameRules(`${prefix}h.{i}`, 'blocks.{i}', {
      ...{ ln_1: 'mixerNorm', 'attn.c_proj': 'mixer.output' },
      ...{ ln_2: 'feedForwardNorm', 'mlp.c_fc': 'feedForward.up', 'mlp.c_proj': 'feedForward.down' },
    }),
    ...affineRules(`${prefix}h.{i}.attn.c_attn`, projections('blocks.{i}.mixer'), sideBySide),
  ],
  buffers: () => [causalMask('h.{i}.attn.bias'), hiddenScore('h.{i}.attn.masked_bias')],
});
