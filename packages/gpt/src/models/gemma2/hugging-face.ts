import { type AttributePart, aPositive, attribute, EAGER } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { windowedLayers } from '../windowed-layers.js';
import { buildGemma2 } from './build.js';
import { type Gemma2Config, gemma2Presets } from './config.js';

/** Tensor names of the norms around both sublayers. */
export const gemma2Names = {
  norms: {
    ...{ input_layernorm: 'mixerNorm', post_attention_layernorm: 'mixerOutputNorm' },
    ...{ pre_feedforward_layernorm: 'feedForwardNorm', post_feedforward_layernorm: 'feedForwardOutputNorm' },
  },
};

/**
 * Attributes of Gemma 2 and 3 that Llama does not have.
 *
 * @param caps the class's default soft caps of scores and logits
 */
export function gemma2Attributes(
  caps: readonly [score?: number, logit?: number],
  layers: Parameters<typeof windowedLayers>[0]['layers'],
): AttributePart<Gemma2Config>[] {
  const [scoreCap, logitCap] = caps;
  return [
    {
      activation: attribute.activation('hidden_activation', 'gelu_pytorch_tanh'),
      attentionBias: attribute.flag('attention_bias', false),
      queryScalar: attribute.positive('query_pre_attn_scalar', 256),
      scoreSoftCap: attribute.nullable('attn_logit_softcapping', aPositive, scoreCap),
    },
    attribute.written<Gemma2Config>(({ scoreSoftCap }) => (scoreSoftCap === undefined ? {} : EAGER)),
    { logitSoftCap: attribute.nullable('final_logit_softcapping', aPositive, logitCap) },
    windowedLayers({ window: 4096, layers }),
  ];
}

/** Gemma 2 (Gemma Team 2024, "Gemma 2: improving open language models at a practical size"). */
export const gemma2Family = llamaLikeFamily<Gemma2Config>({
  modelType: 'gemma2',
  name: 'Gemma2',
  presets: gemma2Presets,
  defaults: {
    tokens: { startToken: 2, endToken: 1, paddingToken: 0 },
    ...{ vocabularySize: 256000, width: 2304, hiddenWidth: 9216, depth: 26, heads: 8, keyHeads: 4, headSize: 256 },
    ...{ contextLength: 8192, tied: true },
  },
  attributes: gemma2Attributes([50, 30], () => (layer) => layer % 2 === 0),
  names: gemma2Names,
  build: (config) => buildGemma2(config),
});
