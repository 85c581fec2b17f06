import { aBoolean, anInteger, type ConfigReader, defined } from '@sequitur/pretrained';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
import { readLocalBase, writeLayerRotary } from '../rotary-attributes.js';
import { readWindowedLayers, writeWindowedLayers } from '../windowed-layers.js';
import { buildOlmo2 } from './build.js';
import { type Olmo2Config, olmo2Presets } from './config.js';

const shared = {
  presets: olmo2Presets,
  build: buildOlmo2,
  rules: (_config: Olmo2Config, prefix: string) =>
    llamaRules(prefix, {
      norms: {
        post_attention_layernorm: 'mixerOutputNorm',
        post_feedforward_layernorm: 'feedForwardOutputNorm',
      },
    }),
  defaults: {
    tokens: { endToken: 50279, paddingToken: 1 },
    ...{ vocabularySize: 50304, width: 4096, hiddenWidth: 11008, depth: 32, heads: 32, contextLength: 2048 },
    normEpsilon: 1e-5,
  },
};

const readBias = (json: ConfigReader) => ({ attentionBias: json.take('attention_bias', aBoolean, false) });
const writeBias = ({ attentionBias = false }: Olmo2Config) => ({ attention_bias: attentionBias });

/** OLMo 2 (Walsh et al. 2024). */
export const olmo2Family = llamaLikeFamily<Olmo2Config>({
  ...shared,
  modelType: 'olmo2',
  name: 'Olmo2',
  readMore: readBias,
  writeMore: writeBias,
});

/** OLMo 3 (Olmo et al. 2025): OLMo 2 with windows in three of four layers. */
export const olmo3Family = llamaLikeFamily<Olmo2Config>({
  ...shared,
  modelType: 'olmo3',
  name: 'Olmo3',
  defaults: { ...shared.defaults, rotaryBase: 500000 },
  readMore: (json) => {
    const depth = json.take('num_hidden_layers', anInteger(), shared.defaults.depth);
    return {
      ...readBias(json),
      ...defined({ localRotaryBase: readLocalBase(json) }),
      ...readWindowedLayers(json, { depth, window: 4096, isWindowed: (layer) => (layer + 1) % 4 !== 0 }),
    };
  },
  writeMore: (config) => ({
    ...writeBias(config),
    ...writeWindowedLayers(config, config.depth),
    ...writeLayerRotary(config),
  }),
});
