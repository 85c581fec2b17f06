import { aBoolean, anInteger, type ConfigReader, defined } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { readWindowedLayers, writeWindowedLayers } from '../windowed-layers.js';
import { buildQwen3 } from './build.js';
import { type Qwen3Config, qwen3Presets } from './config.js';

const DEPTH = 32;

/** Qwen3 (Yang et al. 2025). */
export const qwen3Family = llamaLikeFamily<Qwen3Config>({
  modelType: 'qwen3',
  name: 'Qwen3',
  presets: qwen3Presets,
  defaults: {
    ...{ vocabularySize: 151936, width: 4096, hiddenWidth: 22016, depth: DEPTH, heads: 32, keyHeads: 32 },
    ...{ headSize: 128, contextLength: 32768 },
  },
  readMore: (json) =>
    defined({
      attentionBias: json.take('attention_bias', aBoolean, false),
      ...readWindows(json),
    }) as Qwen3Config,
  writeMore: (config) => ({
    attention_bias: config.attentionBias ?? false,
    use_sliding_window: config.window !== undefined,
    ...writeWindowedLayers(config, config.depth),
  }),
  build: (config) => buildQwen3(config),
});

/** Windows apply only with `use_sliding_window`, and in the layers from `max_window_layers` on. */
function readWindows(json: ConfigReader) {
  const depth = json.take('num_hidden_layers', anInteger(), DEPTH);
  const used = json.take('use_sliding_window', aBoolean, false);
  const first = json.take('max_window_layers', anInteger(0), 28);
  if (!used) json.maybe('sliding_window', (value) => value);
  const read = readWindowedLayers(json, { depth, window: 4096, isWindowed: (layer) => used && layer >= first });
  return read;
}
