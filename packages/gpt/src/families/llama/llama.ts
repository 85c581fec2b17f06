import { aBoolean } from '@sequitur/pretrained';
import type { GptFamily } from '../../family.js';
import { readLlama, writeLlama } from './attributes.js';
import { type BiasedLlamaConfig, llamaPresets } from './config.js';
import { llamaParts } from './parts.js';
import { llamaIgnoredTensors, llamaRules } from './rules.js';

const DEFAULTS = { vocabularySize: 32000, width: 4096, hiddenWidth: 11008, depth: 32, heads: 32, contextLength: 2048 };

/** Llama (Touvron et al. 2023), Llama 2 and 3. */
export const llamaFamily: GptFamily<BiasedLlamaConfig> = {
  modelType: 'llama',
  classes: { base: 'LlamaModel', languageModel: 'LlamaForCausalLM', classifier: 'LlamaForSequenceClassification' },
  prefix: 'model.',
  presets: llamaPresets,
  readConfig: (json) =>
    readLlama<BiasedLlamaConfig>(json, 'llama', DEFAULTS, () => ({
      attentionBias: json.take('attention_bias', aBoolean, false),
      feedForwardBias: json.take('mlp_bias', aBoolean, false),
    })),
  writeConfig: (config) => ({
    ...writeLlama('llama', config),
    attention_bias: config.attentionBias ?? false,
    mlp_bias: config.feedForwardBias ?? false,
  }),
  parts: (config) =>
    llamaParts(config, {
      inputBias: config.attentionBias ?? false,
      outputBias: config.attentionBias ?? false,
      feedForwardBias: config.feedForwardBias ?? false,
    }),
  rules: (_config, prefix) => llamaRules(prefix),
  ignoredTensors: llamaIgnoredTensors,
};
