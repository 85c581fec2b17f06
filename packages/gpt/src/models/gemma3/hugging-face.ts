import { anInteger, aPositive } from '@sequitur/pretrained';
import { gemma2Rules, readGemma2, writeGemma2 } from '../gemma2/hugging-face.js';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { readLocalBase } from '../rotary-attributes.js';
import { buildGemma3 } from './build.js';
import { type Gemma3Config, gemma3Presets } from './config.js';

const DEFAULTS = {
  tokens: { startToken: 2, endToken: 1, paddingToken: 0 },
  ...{ vocabularySize: 262208, width: 2304, hiddenWidth: 9216, depth: 26, heads: 8, keyHeads: 4, headSize: 256 },
  ...{ contextLength: 131072, tied: true, rotaryBase: 1000000 },
};

/** The text models of Gemma 3 (Gemma Team 2025). */
export const gemma3Family = llamaLikeFamily<Gemma3Config>({
  modelType: 'gemma3_text',
  name: 'Gemma3',
  classes: ['Gemma3TextModel', 'Gemma3ForCausalLM', 'Gemma3TextForSequenceClassification'],
  presets: gemma3Presets,
  defaults: DEFAULTS,
  readMore: (json) => {
    // Published files say how often a layer without a window comes, newer ones name each layer's kind.
    const period =
      json.maybe('sliding_window_pattern', anInteger()) ?? json.maybe('_sliding_window_pattern', anInteger());
    const isWindowed = (layer: number) => (layer + 1) % (period ?? 6) !== 0;
    return {
      ...readGemma2(json, { depth: DEFAULTS.depth, isWindowed, caps: [] }),
      localRotaryBase: readLocalBase(json) ?? json.take('rope_local_base_freq', aPositive, 10000),
    };
  },
  writeMore: (config) => ({ ...writeGemma2(config), rope_local_base_freq: config.localRotaryBase ?? 10000 }),
  build: buildGemma3,
  rules: (_config, prefix) => gemma2Rules(prefix),
});
