import { SequiturError } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  type ConfigReader,
  oneOf,
  type ReadAttribute,
  rule,
  type WeightRule,
} from '@sequitur/pretrained';
import { readOriginal } from '../../checkpoints/original.js';
import { languageModelRules, mixerRules } from '../../checkpoints/rules.js';
import { IGNORED, readShared, readTokens, writeShared } from '../../checkpoints/shared-attributes.js';
import { type Mamba2Config, resolveMamba2 } from './config.js';

/** Reads a `config.json` of Hugging Face's model_type mamba2, or of the original state-spaces repositories. */
export function readMamba2Config(json: ConfigReader): Mamba2Config {
  if (json.maybe('d_model', anInteger()) !== undefined) return readOriginalMamba2(json);
  json.take('model_type', oneOf(['mamba2']));
  const width = json.take('hidden_size', anInteger(), 4096);
  const headSize = json.take('head_dim', anInteger(), 64);
  const innerWidth = Math.floor(json.take('expand', aPositive, 2) * width);
  checkHeads(json, json.take('num_heads', aCount, 128) * headSize, innerWidth);
  const config: Mamba2Config = {
    vocabularySize: json.take('vocab_size', anInteger(), 32768),
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
    ...readTokens(json, { start: 0, end: 2, padding: 1 }),
  };
  // Hugging Face's class reads neither of these: the norm inside the mixers is always there.
  json.finish([...IGNORED, 'time_step_rank', 'rms_norm', 'intermediate_size']);
  return config;
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
  throw new SequiturError({ where, expected: 'two numbers, the least and the most', got: JSON.stringify(value) });
};

function readOriginalMamba2(json: ConfigReader): Mamba2Config {
  const { vocabularySize, width, depth, tied, layer } = readOriginal(json, 'Mamba2');
  const innerWidth = Math.floor(layer.take('expand', aPositive, 2) * width);
  const groups = layer.take('ngroups', anInteger(), 1);
  const config: Mamba2Config = {
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
  layer.finish(['layer', 'use_mem_eff_path', 'dt_min', 'dt_max', 'dt_init_floor', 'A_init_range']);
  return config;
}

/** The `config.json` that Python's `Mamba2ForCausalLM.from_pretrained` reads. */
export function writeMamba2Config(config: Mamba2Config): Record<string, unknown> {
  const resolved = resolveMamba2(config);
  return {
    model_type: 'mamba2',
    num_heads: resolved.heads,
    head_dim: resolved.headSize,
    n_groups: resolved.groups,
    chunk_size: resolved.chunkLength,
    time_step_limit: resolved.stepLimit,
    rms_norm: true,
    ...writeShared(resolved),
  };
}

/**
 * The names of a Mamba-2 checkpoint.
 *
 * @param prefix `backbone.`, or nothing for the class without a head
 * @param embedding what the checkpoint calls the table: Hugging Face `embeddings`, the original `embedding`
 */
export function mamba2Rules(prefix = 'backbone.', embedding = 'embeddings'): WeightRule[] {
  const [mixer, path] = [`${prefix}layers.{i}.mixer`, 'blocks.{i}.mixer'];
  return languageModelRules(prefix, embedding, [
    ...mixerRules(mixer, path),
    rule(`${mixer}.dt_bias`, `${path}.stepBias`),
    rule(`${mixer}.norm.weight`, `${path}.normWeight`),
  ]);
}
