import { SequiturError, showValue } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  type ConfigReader,
  type ReadAttribute,
  readSpecialTokens,
  rule,
  tokensWithin,
  type WeightRule,
} from '@sequitur/pretrained';
import { mambaLikeFamily, sharedMixerRules } from '../mamba-like-family.js';
import { isOriginal, readOriginal } from '../original-config.js';
import { readShared, writeShared } from '../shared-attributes.js';
import { buildMamba2 } from './build.js';
import { type Mamba2Config, mamba2Presets, resolveMamba2 } from './config.js';

/** The family of Mamba-2 (Dao and Gu 2024). */
export const mamba2Family = mambaLikeFamily<Mamba2Config>({
  modelType: 'mamba2',
  classes: ['Mamba2Model', 'Mamba2ForCausalLM'],
  presets: mamba2Presets,
  recognizes: (json) => isOriginal(json, 'Mamba2'),
  readConfig: (json) => (json.has('d_model') ? readOriginalMamba2(json) : readMamba2(json)),
  writeConfig,
  build: buildMamba2,
  isTied: (config) => resolveMamba2(config).tied,
  mixerRules: mamba2MixerRules,
});

function readMamba2(json: ConfigReader): Mamba2Config {
  const width = json.take('hidden_size', anInteger(), 4096);
  const vocabularySize = json.take('vocab_size', anInteger(), 32768);
  const headSize = json.take('head_dim', anInteger(), 64);
  const innerWidth = Math.floor(json.take('expand', aPositive, 2) * width);
  checkHeads(json, json.take('num_heads', aCount, 128) * headSize, innerWidth);
  return {
    vocabularySize,
    width,
    depth: json.take('num_hidden_layers', aCount, 64),
    innerWidth,
    headSize,
    stateSize: json.take('state_size', anInteger(), 128),
    groups: json.take('n_groups', anInteger(), 8),
    kernelSize: json.take('conv_kernel', anInteger(), 4),
    chunkLength: json.take('chunk_size', anInteger(), 256),
    stepLimit: json.take('time_step_limit', aSpan, [0, Number.POSITIVE_INFINITY]),
    tied: json.take('tie_word_embeddings', aBoolean, false),
    ...readShared(json),
    ...readSpecialTokens(json, tokensWithin({ startToken: 0, endToken: 2, paddingToken: 1 }, vocabularySize)),
  };
}

function checkHeads({ where }: ConfigReader, found: number, innerWidth: number): void {
  if (found === innerWidth) return;
  throw new SequiturError({
    where,
    expected: `num_heads x head_dim = expand x hidden_size = ${innerWidth}`,
    got: String(found),
  });
}

const aSpan: ReadAttribute<readonly [number, number]> = (value, where) => {
  if (Array.isArray(value) && value.length === 2 && value.every((item) => typeof item === 'number')) {
    return [value[0]!, value[1]!];
  }
  throw new SequiturError({ where, expected: 'two numbers, the lower and the upper bound', got: showValue(value) });
};

function readOriginalMamba2(json: ConfigReader): Mamba2Config {
  const { vocabularySize, width, depth, tied, layer } = readOriginal(json, 'Mamba2');
  const innerWidth = Math.floor(layer.take('expand', aPositive, 2) * width);
  const groups = layer.take('ngroups', anInteger(), 1);
  return {
    vocabularySize,
    width,
    depth,
    tied,
    innerWidth,
    groups,
    normGroupSize: innerWidth / groups,
    stateSize: layer.take('d_state', anInteger(), 128),
    kernelSize: layer.take('d_conv', anInteger(), 4),
    headSize: layer.take('headdim', anInteger(), 64),
    chunkLength: layer.take('chunk_size', anInteger(), 256),
    bias: layer.take('bias', aBoolean, false),
    convolutionBias: layer.take('conv_bias', aBoolean, true),
  };
}

function writeConfig(config: Mamba2Config): Record<string, unknown> {
  const resolved = resolveMamba2(config);
  return {
    num_heads: resolved.heads,
    head_dim: resolved.headSize,
    n_groups: resolved.groups,
    chunk_size: resolved.chunkLength,
    time_step_limit: resolved.stepLimit,
    rms_norm: true,
    ...writeShared(resolved),
  };
}

function mamba2MixerRules(mixer: string, path: string): WeightRule[] {
  return [
    ...sharedMixerRules(mixer, path),
    rule(`${mixer}.dt_bias`, `${path}.stepBias`),
    rule(`${mixer}.norm.weight`, `${path}.normWeight`),
  ];
}
