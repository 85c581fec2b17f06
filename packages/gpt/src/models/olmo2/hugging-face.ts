import { attribute } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { readLocalBase, writeLayerRotary } from '../rotary-attributes.js';
import { windowedLayers } from '../windowed-layers.js';
import { buildOlmo2 } from './build.js';
import { type Olmo2Config, olmo2Presets } from './config.js';

const shared = {
  presets: olmo2Presets,
  build: buildOlmo2,
  names: {
    norms: { post_attention_layernorm: 'mixerOutputNorm', post_feedforward_layernorm: 'feedForwardOutputNorm' },
  },
  defaults: {
    tokens: { endToken: 50279, paddingToken: 1 },
    ...{ vocabularySize: 50304, width: 4096, hiddenWidth: 11008, depth: 32, heads: 32, contextLength: 2048 },
    normEpsilon: 1e-5,
  },
};

const bias = { attentionBias: attribute.flag('attention_bias', false) };

/** OLMo 2 (Walsh et al. 2024). */
export const olmo2Family = llamaLikeFamily<Olmo2Config>({
  ...shared,
  modelType: 'olmo2',
  name: 'Olmo2',
  attributes: [bias],
});

/** OLMo 3 (Olmo et al. 2025): OLMo 2 with windows in three of four layers. */
export const olmo3Family = llamaLikeFamily<Olmo2Config>({
  ...shared,
  modelType: 'olmo3',
  name: 'Olmo3',
  defaults: { ...shared.defaults, rotaryBase: 500000 },
  attributes: [
    bias,
    windowedLayers({ window: 4096, layers: () => (layer) => (layer + 1) % 4 !== 0 }),
    { localRotaryBase: { read: readLocalBase, write: (_base, config) => writeLayerRotary(config) } },
  ],
});
