import { attribute, linearRules, sameRules } from '@sequitur/pretrained';
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
  attributes: [
    {
      vocabularySize: attribute.integer('vocab_size', 50272),
      contextLength: attribute.integer('max_position_embeddings', 2048),
      width: attribute.integer('hidden_size', 768),
      depth: attribute.count('num_hidden_layers', 12),
      heads: attribute.count('num_attention_heads', 12),
      hiddenWidth: attribute.integer('ffn_dim', 3072),
      activation: attribute.activation('activation_function', 'relu'),
      normEpsilon: attribute.settled(1e-5),
      preNorm: attribute.flag('do_layer_norm_before', true),
      bias: attribute.flag('enable_bias', true),
      tied: attribute.flag('tie_word_embeddings', true),
      attentionDropout: attribute.dropout('attention_dropout'),
      residualDropout: attribute.dropout('dropout', 0.1),
      initializerRange: attribute.positive('init_std', 0.02),
      embeddingWidth: attribute.integer('word_embed_proj_dim', ({ width }) => width),
      finalNorm: attribute.inverted('_remove_final_layer_norm', false),
    },
    attribute.fixed({ layer_norm_elementwise_affine: true }),
  ],
  build: buildOpt,
  rules: ({ preNorm = true }, prefix) => {
    const [decoder, layer] = [`${prefix}decoder`, `${prefix}decoder.layers.{i}`];
    return [
      ...sameRules(decoder, 'embedding', { embed_tokens: 'tokens', embed_positions: 'positions' }),
      ...linearRules(decoder, '', { project_in: 'embedding.project', project_out: 'norm.project' }),
      ...sameRules(layer, 'blocks.{i}', { self_attn_layer_norm: 'mixerNorm', final_layer_norm: 'feedForwardNorm' }),
      ...linearRules(`${layer}.self_attn`, 'blocks.{i}.mixer', {
        ...{ q_proj: 'query', k_proj: 'key', v_proj: 'value', out_proj: 'output' },
      }),
      ...linearRules(layer, 'blocks.{i}.feedForward', { fc1: 'up', fc2: 'down' }),
      ...(preNorm ? sameRules(`${decoder}.final_layer_norm`, 'norm.norm') : []),
    ];
  },
});
