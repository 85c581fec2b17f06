import { activationNames, Module, type Norm, Parameter, rmsNorm, zeros } from '@sequitur/core';
import { aBoolean, anInteger, isFalse, oneOf } from '@sequitur/pretrained';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { GptFamily } from '../../family.js';
import { readLlama, writeLlama } from './attributes.js';
import { type GemmaConfig, gemmaPresets } from './config.js';
import { llamaParts } from './parts.js';
import { llamaIgnoredTensors, llamaRules } from './rules.js';

const DEFAULTS = {
  vocabularySize: 256000,
  width: 3072,
  hiddenWidth: 24576,
  depth: 28,
  heads: 16,
  keyHeads: 16,
  headSize: 256,
  contextLength: 8192,
  tied: true,
};

/** Gemma (Gemma Team 2024): Llama with large heads, scaled embeddings and norms that count from 1. */
export const gemmaFamily: GptFamily<GemmaConfig> = {
  modelType: 'gemma',
  classes: { base: 'GemmaModel', languageModel: 'GemmaForCausalLM', classifier: 'GemmaForSequenceClassification' },
  prefix: 'model.',
  presets: gemmaPresets,
  readConfig: (json) =>
    readLlama<GemmaConfig>(json, 'gemma', DEFAULTS, () => {
      json.maybe('hidden_act', oneOf(activationNames)); // Gemma's class looks at `hidden_activation` alone
      json.take('use_bidirectional_attention', isFalse, false);
      return {
        ...(!json.has('pad_token_id') && { paddingToken: 0 }),
        headSize: json.take('head_dim', anInteger(), DEFAULTS.headSize),
        activation: json.take('hidden_activation', oneOf(activationNames), 'gelu_pytorch_tanh'),
        attentionBias: json.take('attention_bias', aBoolean, false),
      };
    }),
  writeConfig: (config) => ({
    ...writeLlama('gemma', config),
    hidden_activation: config.activation ?? 'gelu_pytorch_tanh',
    attention_bias: config.attentionBias ?? false,
  }),
  parts: (config) =>
    llamaParts(
      { activation: 'gelu_pytorch_tanh', ...config },
      {
        norm: (width, epsilon) => new OffsetRmsNorm(width, epsilon),
        inputBias: config.attentionBias ?? false,
        outputBias: config.attentionBias ?? false,
        embeddingScale: Math.sqrt(config.width),
      },
    ),
  rules: (_config, prefix) => llamaRules(prefix),
  ignoredTensors: llamaIgnoredTensors,
};

/** Root mean square normalisation whose weight is stored less 1, so that it starts at zero. */
class OffsetRmsNorm extends Module implements Norm {
  readonly weight: Parameter; // [width]
  readonly epsilon: number;

  constructor(width: number, epsilon: number) {
    super();
    this.weight = new Parameter([width], zeros);
    this.epsilon = epsilon;
  }

  apply<T extends Tensor>(x: T): T {
    return rmsNorm(x, this.weight.value, this.epsilon, { weightOffset: 1 }) as T;
  }
}
