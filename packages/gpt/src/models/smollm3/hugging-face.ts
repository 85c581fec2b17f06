import { SequiturError, showValue } from '@sequitur/core';
import { aBoolean, anInteger, type ConfigReader } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { readWindowedLayers, writeWindowedLayers } from '../windowed-layers.js';
import { buildSmolLm3, isRotatedByDefault } from './build.js';
import { type SmolLm3Config, smolLm3Presets } from './config.js';

const DEPTH = 36;

/** SmolLM3 (Bakouch et al. 2025). */
export const smolLm3Family = llamaLikeFamily<SmolLm3Config>({
  modelType: 'smollm3',
  name: 'SmolLM3',
  presets: smolLm3Presets,
  defaults: {
    tokens: { startToken: 128000, endToken: 128001, paddingToken: 128004 },
    ...{ vocabularySize: 128256, width: 2048, hiddenWidth: 11008, depth: DEPTH, heads: 16, keyHeads: 4 },
    ...{ contextLength: 32768, rotaryBase: 2000000, tied: true },
  },
  readMore: (json) => {
    const depth = json.take('num_hidden_layers', anInteger(), DEPTH);
    const used = json.take('use_sliding_window', aBoolean, false);
    return {
      attentionBias: json.take('attention_bias', aBoolean, false),
      feedForwardBias: json.take('mlp_bias', aBoolean, false),
      rotated: readRotated(json, depth),
      ...readWindowedLayers(json, { depth, window: null, isWindowed: (layer) => used && !isRotatedByDefault(layer) }),
    };
  },
  writeMore: (config) => ({
    attention_bias: config.attentionBias ?? false,
    mlp_bias: config.feedForwardBias ?? false,
    no_rope_layers: Array.from({ length: config.depth }, (_, layer) =>
      Number(config.rotated?.[layer] ?? isRotatedByDefault(layer)),
    ),
    use_sliding_window: config.window !== undefined,
    ...writeWindowedLayers(config, config.depth),
  }),
  build: buildSmolLm3,
});

/** `no_rope_layers` has a 1 for each layer that is rotated, against its name. */
function readRotated(json: ConfigReader, depth: number): readonly boolean[] {
  const interval = json.take('no_rope_layer_interval', anInteger(), 4);
  const given = json.maybe('no_rope_layers', (value, where) => {
    if (Array.isArray(value) && value.length === depth && value.every((item) => item === 0 || item === 1)) {
      return value.map((item) => item === 1);
    }
    throw new SequiturError({ where, expected: `${depth} numbers 0 or 1`, got: showValue(value) });
  });
  return given ?? Array.from({ length: depth }, (_, layer) => isRotatedByDefault(layer, interval));
}
