import { activationNames } from '@sequitur/core';
import { aBoolean, anInteger, aPositive, type ConfigReader, defined, EAGER, oneOf } from '@sequitur/pretrained';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
import { readWindowedLayers, writeWindowedLayers } from '../windowed-layers.js';
import { buildGemma2 } from './build.js';
import { type Gemma2Config, gemma2Presets } from './config.js';

const DEFAULTS = {
  tokens: { startToken: 2, endToken: 1, paddingToken: 0 },
  ...{ vocabularySize: 256000, width: 2304, hiddenWidth: 9216, depth: 26, heads: 8, keyHeads: 4, headSize: 256 },
  ...{ contextLength: 8192, tied: true },
};

/** Gemma 2 (Gemma Team 2024, "Gemma 2: improving open language models at a practical size"). */
export const gemma2Family = llamaLikeFamily<Gemma2Config>({
  modelType: 'gemma2',
  name: 'Gemma2',
  presets: gemma2Presets,
  defaults: DEFAULTS,
  readMore: (json) => ({
    ...readGemma2(json, { depth: DEFAULTS.depth, isWindowed: (layer) => layer % 2 === 0, caps: [50, 30] }),
  }),
  writeMore: writeGemma2,
  build: (config) => buildGemma2(config),
  rules: (_config, prefix) => gemma2Rules(prefix),
});

interface Gemma2Defaults {
  readonly depth: number;
  readonly isWindowed: (layer: number) => boolean;
  /** The soft caps of scores and logits. */
  readonly caps: readonly [number?, number?];
}

/** Attributes of Gemma 2 and 3 that Llama does not have. */
export function readGemma2(
  json: ConfigReader,
  { depth: defaultDepth, isWindowed, caps }: Gemma2Defaults,
): Gemma2Config {
  const depth = json.take('num_hidden_layers', anInteger(), defaultDepth);
  return defined({
    headSize: json.take('head_dim', anInteger(), 256),
    activation: json.take('hidden_activation', oneOf(activationNames), 'gelu_pytorch_tanh'),
    attentionBias: json.take('attention_bias', aBoolean, false),
    queryScalar: json.take('query_pre_attn_scalar', aPositive, 256),
    scoreSoftCap: readCap(json, 'attn_logit_softcapping', caps[0]),
    logitSoftCap: readCap(json, 'final_logit_softcapping', caps[1]),
    ...readWindowedLayers(json, { depth, window: 4096, isWindowed }),
  }) as Gemma2Config;
}

/** Null switches a cap off. */
function readCap(json: ConfigReader, name: string, fallback: number | undefined): number | undefined {
  return json.has(name) ? json.maybe(name, aPositive) : fallback;
}

export function writeGemma2(config: Gemma2Config): Record<string, unknown> {
  return {
    hidden_activation: config.activation ?? 'gelu_pytorch_tanh',
    attention_bias: config.attentionBias ?? false,
    query_pre_attn_scalar: config.queryScalar ?? 256,
    attn_logit_softcapping: config.scoreSoftCap ?? null,
    ...(config.scoreSoftCap !== undefined && EAGER),
    final_logit_softcapping: config.logitSoftCap ?? null,
    ...writeWindowedLayers(config, config.depth),
  };
}

/** The names of Gemma 2 and 3. */
export function gemma2Rules(prefix: string) {
  return llamaRules(prefix, {
    norms: {
      input_layernorm: 'mixerNorm',
      post_attention_layernorm: 'mixerOutputNorm',
      pre_feedforward_layernorm: 'feedForwardNorm',
      post_feedforward_layernorm: 'feedForwardOutputNorm',
    },
  });
}
