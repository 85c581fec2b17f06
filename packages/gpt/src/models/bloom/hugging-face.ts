import { attribute, fusedRules, linearRules, sameRules } from '@sequitur/pretrained';
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
  attributes: [
    {
      vocabularySize: attribute.integer('vocab_size', 250880),
      normEpsilon: attribute.positive('layer_norm_epsilon', 1e-5),
      residualFromNorm: attribute.flag('apply_residual_connection_post_layernorm', false),
      tied: attribute.flag('tie_word_embeddings', true),
      attentionDropout: attribute.dropout('attention_dropout'),
      hiddenDropout: attribute.dropout('hidden_dropout'),
      initializerRange: attribute.positive('initializer_range', 0.02),
      width: attribute.integer(['n_embed', 'hidden_size'], 64),
      depth: attribute.count(['num_hidden_layers', 'n_layer'], 2),
      heads: attribute.count(['num_attention_heads', 'n_head'], 8),
    },
  ],
  build: buildBloom,
  rules: ({ heads }, prefix) => [
    ...sameRules(prefix, '', {
      ...{ word_embeddings: 'embedding.tokens', word_embeddings_layernorm: 'embedding.norm', ln_f: 'norm' },
    }),
    ...sameRules(`${prefix}h.{i}`, 'blocks.{i}', {
      ...{ input_layernorm: 'mixerNorm', post_attention_layernorm: 'feedForwardNorm' },
    }),
    ...fusedRules(`${prefix}h.{i}.self_attention.query_key_value`, 'blocks.{i}.mixer', heads),
    ...linearRules(`${prefix}h.{i}`, 'blocks.{i}', {
      'self_attention.dense': 'mixer.output',
      ...{ 'mlp.dense_h_to_4h': 'feedForward.up', 'mlp.dense_4h_to_h': 'feedForward.down' },
    }),
  ],
});
