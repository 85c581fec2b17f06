import { causal, slidingWindow } from '@sequitur/attention';
import { SequiturError } from '@sequitur/core';
import { aBoolean, anInteger, type ConfigReader, type ReadAttribute, texts } from '@sequitur/pretrained';
import type { GptFamily } from '../../family.js';
import { readLlama, writeLlama } from './attributes.js';
import { type Qwen2Config, qwen2Presets } from './config.js';
import { llamaParts } from './parts.js';
import { llamaIgnoredTensors, llamaRules } from './rules.js';

const DEFAULTS = {
  vocabularySize: 151936,
  width: 4096,
  hiddenWidth: 22016,
  depth: 32,
  heads: 32,
  keyHeads: 32,
  contextLength: 32768,
};

/** Qwen2 (Yang et al. 2024): Llama with biases of query, key and value, and windows in late blocks where asked for. */
export const qwen2Family: GptFamily<Qwen2Config> = {
  modelType: 'qwen2',
  classes: { base: 'Qwen2Model', languageModel: 'Qwen2ForCausalLM', classifier: 'Qwen2ForSequenceClassification' },
  prefix: 'model.',
  presets: qwen2Presets,
  readConfig: (json) => readLlama<Qwen2Config>(json, 'qwen2', DEFAULTS, () => readWindow(json) as Qwen2Config),
  writeConfig: (config) => ({
    ...writeLlama('qwen2', config),
    use_sliding_window: config.window !== undefined,
    sliding_window: config.window ?? null,
    max_window_layers: config.window === undefined ? 28 : (config.firstWindowedBlock ?? 0),
  }),
  parts: (config) => {
    const { window, firstWindowedBlock = 0 } = config;
    const pattern = (block: number) =>
      window === undefined || block < firstWindowedBlock ? causal() : slidingWindow({ left: window - 1, right: 0 });
    return llamaParts(config, { inputBias: true, pattern });
  },
  rules: (_config, prefix) => llamaRules(prefix),
  ignoredTensors: llamaIgnoredTensors,
};

function readWindow(json: ConfigReader): Pick<Qwen2Config, 'window' | 'firstWindowedBlock'> {
  const used = json.take('use_sliding_window', aBoolean, false);
  const window = json.has('sliding_window') ? json.maybe('sliding_window', anInteger()) : 4096;
  const firstWindowedBlock = json.take('max_window_layers', anInteger(0), 28);
  const windowed = used && window !== undefined;
  json.maybe(
    'layer_types',
    sameKinds((block) => windowed && block >= firstWindowedBlock),
  );
  return windowed ? { window, firstWindowedBlock } : {};
}

/** Newer configurations name each block's kind; it must be what the other attributes say. */
function sameKinds(isWindowed: (block: number) => boolean): ReadAttribute<null> {
  return (value, where) => {
    const kinds = texts(value, where);
    const wanted = kinds.map((_, block) => (isWindowed(block) ? 'sliding_attention' : 'full_attention'));
    if (kinds.every((kind, block) => kind === wanted[block])) return null;
    const expected = `${wanted.join(', ')}, as use_sliding_window and max_window_layers say`;
    throw new SequiturError({ where, expected, got: kinds.join(', ') });
  };
}
