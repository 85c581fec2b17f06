import { SequiturError, showValue } from '@sequitur/core';
import { anInteger, type ConfigReader } from '@sequitur/pretrained';
import { biases } from '../llama/hugging-face.js';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { windowedLayers } from '../windowed-layers.js';
import { buildSmolLm3, isRotatedByDefault } from './build.js';
import { type SmolLm3Config, smolLm3Presets } from './config.js';

/** SmolLM3 (Bakouch et al. 2025). */
export const smolLm3Family = llamaLikeFamily<SmolLm3Config>({
  modelType: 'smollm3',
  name: 'SmolLM3',
  presets: smolLm3Presets,
  defaults: {
    tokens: { startToken: 128000, endToken: 128001, paddingToken: 128004 },
    ...{ vocabularySize: 128256, width: 2048, hiddenWidth: 11008, depth: 36, heads: 16, keyHeads: 4 },
    ...{ contextLength: 32768, rotaryBase: 2000000, tied: true },
  },
  attributes: [
    biases,
    {
      rotated: {
        read: (json, { depth }) => readRotated(json, depth),
        write: (rotated, { depth }) => ({
          no_rope_layers: Array.from({ length: depth }, (_, i) => Number(rotated?.[i] ?? isRotatedByDefault(i))),
        }),
      },
    },
    windowedLayers({ window: null, switched: true, layers: () => (layer) => !isRotatedByDefault(layer) }),
  ],
  build: buildSmolLm3,
});

/** `no_rope_layers` has a 1 for each layer that is rotated, contrary to its name. */
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
