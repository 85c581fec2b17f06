import { anInteger, attribute, type ConfigReader } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { windowedLayers } from '../windowed-layers.js';
import { buildQwen3 } from './build.js';
import { type Qwen3Config, qwen3Presets } from './config.js';

/** Qwen3 (Yang et al. 2025). */
export const qwen3Family = llamaLikeFamily<Qwen3Config>({
  modelType: 'qwen3',
  name: 'Qwen3',
  presets: qwen3Presets,
  defaults: {
    ...{ vocabularySize: 151936, width: 4096, hiddenWidth: 22016, depth: 32, heads: 32, keyHeads: 32 },
    ...{ headSize: 128, contextLength: 32768 },
  },
  attributes: [
    { attentionBias: attribute.flag('attention_bias', false) },
    windowedLayers({ window: 4096, switched: true, layers: lateLayers }),
  ],
  build: (config) => buildQwen3(config),
});

/** The layers with windows: those from `max_window_layers` on. */
function lateLayers(json: ConfigReader) {
  const first = json.take('max_window_layers', anInteger(0), 28);
  return (layer: number) => layer >= first;
}
