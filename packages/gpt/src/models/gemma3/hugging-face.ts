import { aPositive } from '@sequitur/pretrained';
import { gemma2Attributes, gemma2Names } from '../gemma2/hugging-face.js';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { readLocalBase } from '../rotary-attributes.js';
import { allButEvery } from '../windowed-layers.js';
import { buildGemma3 } from './build.js';
import { type Gemma3Config, gemma3Presets } from './config.js';

/** The text models of Gemma 3 (Gemma Team 2025). */
export const gemma3Family = llamaLikeFamily<Gemma3Config>({
  modelType: 'gemma3_text',
  name: 'Gemma3',
  classes: ['Gemma3TextModel', 'Gemma3ForCausalLM', 'Gemma3TextForSequenceClassification'],
  presets: gemma3Presets,
  defaults: {
    tokens: { startToken: 2, endToken: 1, paddingToken: 0 },
    ...{ vocabularySize: 262208, width: 2304, hiddenWidth: 9216, depth: 26, heads: 8, keyHeads: 4, headSize: 256 },
    ...{ contextLength: 131072, tied: true, rotaryBase: 1000000 },
  },
  attributes: [
    // Published configs give the interval of layers without a window; newer ones name each layer's kind.
    ...gemma2Attributes([], allButEvery(6)),
    {
      localRotaryBase: {
        read: (json) => readLocalBase(json) ?? json.take('rope_local_base_freq', aPositive, 10000),
        write: (base = 10000) => ({ rope_local_base_freq: base }),
      },
    },
  ],
  names: gemma2Names,
  build: buildGemma3,
});
