import { SequiturError, showValue } from '@sequitur/core';
import {
  aBoolean,
  anInteger,
  aPositive,
  type ConfigReader,
  linearRules,
  linearsRules,
  type ReadAttribute,
  type WeightRule,
} from '@sequitur/pretrained';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
import { mamba2LayerRules, readMamba2Layers, writeMamba2Layers } from '../mamba2-layers.js';
import { buildFalconH1 } from './build.js';
import { type FalconH1Config, falconH1Presets } from './config.js';

const defaults = {
  ...{ vocabularySize: 128000, width: 4096, hiddenWidth: 14336, depth: 32, heads: 32, keyHeads: 8 },
  ...{ contextLength: 8192, normEpsilon: 1e-5, tokens: { startToken: 1, endToken: 2, paddingToken: 0 } },
};

/** Falcon-H1 (Zuo et al. 2025). */
export const falconH1Family = llamaLikeFamily<FalconH1Config>({
  modelType: 'falcon_h1',
  name: 'FalconH1',
  presets: falconH1Presets,
  defaults,
  readMore: (json) => ({
    attentionBias: json.take('attention_bias', aBoolean, false),
    feedForwardBias: json.take('mlp_bias', aBoolean, false),
    ...readRecurrence(json),
    ...readFactors(json),
  }),
  writeMore: (config) => ({
    attention_bias: config.attentionBias ?? false,
    mlp_bias: config.feedForwardBias ?? false,
    ...writeRecurrence(config),
    ...writeFactors(config),
  }),
  build: buildFalconH1,
  rules: (_config, prefix) => rules(prefix),
});

function readRecurrence(json: ConfigReader) {
  const given = json.has('mamba_d_ssm') ? json.maybe('mamba_d_ssm', anInteger()) : 1024;
  const isNormed = json.take('mamba_rms_norm', aBoolean, false);
  const normsFirst = json.take('mamba_norm_before_gate', aBoolean, true);
  return {
    ...readMamba2Layers(json, { width: defaults.width, scanHeads: 128, scanHeadSize: 8 }, given),
    scanNorm: isNormed ? (normsFirst ? 'beforeGate' : 'afterGate') : 'none',
    scanOutputBias: json.take('projectors_bias', aBoolean, false),
  } as const;
}

function writeRecurrence(config: FalconH1Config): Record<string, unknown> {
  const { scanNorm = 'none' } = config;
  return {
    ...writeMamba2Layers(config),
    mamba_d_ssm: config.innerWidth,
    mamba_rms_norm: scanNorm !== 'none',
    mamba_norm_before_gate: scanNorm !== 'afterGate',
    projectors_bias: config.scanOutputBias ?? false,
  };
}

function readFactors(json: ConfigReader) {
  const one = (name: string) => json.take(name, aPositive, 1);
  return {
    embeddingScale: one('embedding_multiplier'),
    logitScale: one('lm_head_multiplier'),
    keyScale: one('key_multiplier'),
    attentionScales: [one('attention_in_multiplier'), one('attention_out_multiplier')],
    scanScales: [one('ssm_in_multiplier'), one('ssm_out_multiplier')],
    projectionScales: json.take('ssm_multipliers', factors(5), [1, 1, 1, 1, 1]),
    feedForwardScales: json.take('mlp_multipliers', factors(2), [1, 1]) as readonly [number, number],
  } as const;
}

function writeFactors(config: FalconH1Config): Record<string, unknown> {
  const { attentionScales = [1, 1], scanScales = [1, 1] } = config;
  return {
    embedding_multiplier: config.embeddingScale ?? 1,
    lm_head_multiplier: config.logitScale ?? 1,
    key_multiplier: config.keyScale ?? 1,
    attention_in_multiplier: attentionScales[0],
    attention_out_multiplier: attentionScales[1],
    ssm_in_multiplier: scanScales[0],
    ssm_out_multiplier: scanScales[1],
    ssm_multipliers: config.projectionScales ?? [1, 1, 1, 1, 1],
    mlp_multipliers: config.feedForwardScales ?? [1, 1],
  };
}

const factors =
  (count: number): ReadAttribute<readonly number[]> =>
  (value, where) => {
    if (Array.isArray(value) && value.length === count) return value.map((factor) => aPositive(factor, where));
    throw new SequiturError({ where, expected: `${count} numbers`, got: showValue(value) });
  };

function rules(prefix: string): WeightRule[] {
  const [layer, block] = [`${prefix}layers.{i}`, 'blocks.{i}'];
  return [
    ...mamba2LayerRules(`${layer}.mamba`, `${block}.mixer.recurrence`),
    ...linearRules(`${layer}.mamba.out_proj`, `${block}.mixer.recurrence.output`),
    ...linearsRules(`${layer}.self_attn`, `${block}.mixer.attention`, {
      ...{ q_proj: 'query', k_proj: 'key', v_proj: 'value', o_proj: 'output' },
    }),
    ...linearsRules(`${layer}.feed_forward`, `${block}.feedForward`, {
      ...{ gate_proj: 'gate', up_proj: 'up', down_proj: 'down' },
    }),
    ...llamaRules(prefix, {
      norms: { input_layernorm: 'mixerNorm', pre_ff_layernorm: 'feedForwardNorm' },
      norm: 'final_layernorm',
    }),
  ];
}
