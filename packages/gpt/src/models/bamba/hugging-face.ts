import { aBoolean, aCount, anInteger, linearsRules, only } from '@sequitur/pretrained';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
import { MAMBA_OUTPUTS, mamba2LayerRules, readMamba2Layers, writeMamba2Layers } from '../mamba2-layers.js';
import { mixerOutputRules } from '../read-layer-kinds.js';
import { buildBamba } from './build.js';
import { type BambaConfig, bambaPresets } from './config.js';

const defaults = {
  ...{ vocabularySize: 128000, width: 4096, hiddenWidth: 14336, depth: 32, heads: 32, keyHeads: 8 },
  ...{ contextLength: 262144, normEpsilon: 1e-5, partialRotaryFactor: 0.5 },
  tokens: { startToken: 1, endToken: 2, paddingToken: 0 },
};

/** Bamba (Ganti et al. 2024). */
export const bambaFamily = llamaLikeFamily<BambaConfig>({
  modelType: 'bamba',
  name: 'Bamba',
  presets: bambaPresets,
  defaults,
  readMore: (json) => {
    json.take('z_loss_coefficient', only(0), 0);
    const depth = json.take('num_hidden_layers', aCount, defaults.depth);
    const listed = json.maybe('attn_layer_indices', (value, where) =>
      (value as number[]).map((index) => anInteger(0)(index, where)),
    );
    return {
      attentionBias: json.take('attention_bias', aBoolean, false),
      feedForwardBias: json.take('mlp_bias', aBoolean, false),
      ...readMamba2Layers(json, { width: defaults.width, scanHeads: 128, scanHeadSize: 64 }),
      attends: Array.from({ length: depth }, (_, layer) => listed?.includes(layer) ?? false),
    };
  },
  writeMore: (config) => ({
    attention_bias: config.attentionBias ?? false,
    mlp_bias: config.feedForwardBias ?? false,
    z_loss_coefficient: 0,
    ...writeMamba2Layers(config),
    attn_layer_indices: config.attends.flatMap((attends, layer) => (attends ? [layer] : [])),
  }),
  build: buildBamba,
  rules: ({ attends }, prefix) => [
    ...mixerOutputRules(attends, prefix, MAMBA_OUTPUTS),
    ...mamba2LayerRules(`${prefix}layers.{i}.mamba`, 'blocks.{i}.mixer'),
    ...linearsRules(`${prefix}layers.{i}.feed_forward`, 'blocks.{i}.feedForward', {
      ...{ gate_proj: 'gate', up_proj: 'up', down_proj: 'down' },
    }),
    ...llamaRules(prefix, {
      norms: { input_layernorm: 'mixerNorm', pre_ff_layernorm: 'feedForwardNorm' },
      norm: 'final_layernorm',
    }),
  ],
});
