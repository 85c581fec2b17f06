import { aPositive, attribute, linearRules, projections, rule, sameRules, sideBySideRules } from '@sequitur/pretrained';
import { contextLength, encoderTokens } from '../bert/attributes.js';
import { encoderFamily, maskedRules } from '../encoder-family.js';
import { buildModernBert } from './build.js';
import { type ModernBertConfig, modernBertPresets } from './config.js';

const masked = { dense: 'head.dense', norm: 'head.norm', decoder: 'decoder', bias: 'decoder.bias' };

/** A dense layer and a norm before the output projection. */
const head = (path: string) => [
  ...linearRules('head.dense', `${path}.dense`),
  ...sameRules('head.norm', `${path}.norm`),
  ...linearRules('classifier', 'head.output'),
];

/** ModernBERT (Warner et al. 2024). */
export const modernBertFamily = encoderFamily<ModernBertConfig>({
  modelType: 'modernbert',
  name: 'ModernBert',
  prefix: 'model.',
  presets: modernBertPresets,
  attributes: [
    { modelType: attribute.settled('modernbert') },
    encoderTokens({ vocabularySize: 50368, startToken: 50281, endToken: 50282, paddingToken: 50283 }),
    {
      vocabularySize: attribute.integer('vocab_size', 50368),
      contextLength: contextLength(8192),
      width: attribute.integer('hidden_size', 768),
      depth: attribute.count('num_hidden_layers', 22),
      heads: attribute.count('num_attention_heads', 12),
      hiddenWidth: attribute.integer('intermediate_size', 1152),
      activation: attribute.activation('hidden_activation', 'gelu'),
      normEpsilon: attribute.positive('norm_eps', 1e-5),
      normBias: attribute.flag('norm_bias', false),
      fullEvery: attribute.count('global_attn_every_n_layers', 3),
      window: attribute.integer('local_attention', 128),
      rotaryBase: attribute.positive('global_rope_theta', 160000),
      windowRotaryBase: attribute.nullable('local_rope_theta', aPositive, 10000),
      attentionBias: attribute.flag('attention_bias', false),
      feedForwardBias: attribute.flag('mlp_bias', false),
      headBias: attribute.flag('classifier_bias', false),
      headActivation: attribute.activation('classifier_activation', 'gelu'),
      scoreBias: attribute.flag('decoder_bias', true),
      pools: attribute.spelled('classifier_pooling', { cls: 'first', mean: 'mean' }, 'cls'),
      dropout: attribute.dropout('embedding_dropout'),
      attentionDropout: attribute.dropout('attention_dropout'),
      feedForwardDropout: attribute.dropout('mlp_dropout'),
      classifierDropout: attribute.dropout('classifier_dropout'),
      initializerRange: attribute.positive('initializer_range', 0.02),
    },
    attribute.fixed({ sparse_prediction: false }),
  ],
  build: (config) => buildModernBert(config),
  rules: (prefix) => {
    const [layer, block] = [`${prefix}layers.{i}`, 'encoder.stack.blocks.{i}'];
    return [
      rule(`${prefix}embeddings.tok_embeddings.weight`, 'encoder.embedding.tokens.weight'),
      ...sameRules(prefix, 'encoder', { 'embeddings.norm': 'embedding.norm', final_norm: 'stack.norm' }),
      ...sameRules(layer, block, { attn_norm: 'mixerNorm', mlp_norm: 'feedForwardNorm' }),
      ...sideBySideRules(`${layer}.attn.Wqkv`, projections(`${block}.mixer`)),
      ...sideBySideRules(`${layer}.mlp.Wi`, [`${block}.feedForward.gate`, `${block}.feedForward.up`]),
      ...linearRules(layer, block, { 'attn.Wo': 'mixer.output', 'mlp.Wo': 'feedForward.down' }),
    ];
  },
  table: 'embeddings.tok_embeddings',
  masked,
  heads: {
    none: () => [],
    maskedLanguage: () => maskedRules(masked),
    sequenceClassification: () => head('head.pooler'),
    tokenClassification: () => head('head.transform'),
  },
});
