import { anInteger, attribute, linearRules } from '@sequitur/pretrained';
import { biases } from '../llama/hugging-face.js';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { gatedNames } from '../llama/rules.js';
import { MAMBA_OUTPUTS, mamba2LayerRules, mamba2Layers } from '../mamba2-layers.js';
import { mixerOutputRules } from '../read-layer-kinds.js';
import { buildBamba } from './build.js';
import { type BambaConfig, bambaPresets } from './config.js';

const layers = (value: unknown, where: string) => (value as number[]).map((layer) => anInteger(0)(layer, where));

/** Bamba (Ganti et al. 2024). */
export const bambaFamily = llamaLikeFamily<BambaConfig>({
  modelType: 'bamba',
  name: 'Bamba',
  presets: bambaPresets,
  defaults: {
    ...{ vocabularySize: 128000, width: 4096, hiddenWidth: 14336, depth: 32, heads: 32, keyHeads: 8 },
    ...{ contextLength: 262144, normEpsilon: 1e-5, partialRotaryFactor: 0.5 },
    tokens: { startToken: 1, endToken: 2, paddingToken: 0 },
  },
  attributes: [
    biases,
    attribute.fixed({ z_loss_coefficient: 0 }),
    mamba2Layers({ scanHeads: 128, scanHeadSize: 64 }),
    {
      attends: {
        read: (json, { depth }) => {
          const listed = json.maybe('attn_layer_indices', layers);
          return Array.from({ length: depth }, (_, layer) => listed?.includes(layer) ?? false);
        },
        write: (attends = []) => ({ attn_layer_indices: attends.flatMap((is, layer) => (is ? [layer] : [])) }),
      },
    },
  ],
  names: {
    norms: { input_layernorm: 'mixerNorm', pre_ff_layernorm: 'feedForwardNorm' },
    norm: 'final_layernorm',
  },
  rules: ({ attends }, layer, block) => [
    ...mixerOutputRules(attends, layer, MAMBA_OUTPUTS),
    ...mamba2LayerRules(`${layer}.mamba`, `${block}.mixer`),
    ...linearRules(`${layer}.feed_forward`, `${block}.feedForward`, gatedNames),
  ],
  build: buildBamba,
});
