import { causal, slidingWindow } from '@sequitur/attention';
import { anInteger, type ConfigReader } from '@sequitur/pretrained';
import type { GptFamily } from '../../family.js';
import { known } from '../attributes.js';
import { readLlama, writeLlama } from './attributes.js';
import { type MistralConfig, mistralPresets } from './config.js';
import { llamaParts } from './parts.js';
import { llamaIgnoredTensors, llamaRules } from './rules.js';

const DEFAULTS = {
  vocabularySize: 32000,
  width: 4096,
  hiddenWidth: 14336,
  depth: 32,
  heads: 32,
  keyHeads: 8,
  contextLength: 131072,
};

/** Mistral (Jiang et al. 2023): Llama whose queries see a window. */
export const mistralFamily: GptFamily<MistralConfig> = {
  modelType: 'mistral',
  classes: {
    base: 'MistralModel',
    languageModel: 'MistralForCausalLM',
    classifier: 'MistralForSequenceClassification',
  },
  prefix: 'model.',
  presets: mistralPresets,
  readConfig: (json) =>
    readLlama<MistralConfig>(json, 'mistral', DEFAULTS, () => known({ window: readWindow(json) }) as MistralConfig),
  writeConfig: (config) => ({ ...writeLlama('mistral', config), sliding_window: config.window ?? null }),
  parts: (config) => {
    const { window } = config;
    const pattern = () => (window === undefined ? causal() : slidingWindow({ left: window - 1, right: 0 }));
    return llamaParts(config, { pattern });
  },
  rules: (_config, prefix) => llamaRules(prefix),
  ignoredTensors: llamaIgnoredTensors,
};

/** Null switches the window off; where nothing is said it is 4096. */
function readWindow(json: ConfigReader): number | undefined {
  return json.has('sliding_window') ? json.maybe('sliding_window', anInteger()) : 4096;
}
