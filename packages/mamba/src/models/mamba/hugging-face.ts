import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  type ConfigReader,
  oneOf,
  type ReadAttribute,
  rule,
  transposed,
  type WeightRule,
} from '@sequitur/pretrained';
import { readOriginal } from '../../checkpoints/original.js';
import { languageModelRules, mixerRules } from '../../checkpoints/rules.js';
import { IGNORED, readShared, readTokens, writeShared } from '../../checkpoints/shared-attributes.js';
import { type MambaConfig, resolveMamba } from './config.js';

/** Reads a `config.json` of Hugging Face's model_type mamba, or of the original state-spaces repositories. */
export function readMambaConfig(json: ConfigReader): MambaConfig {
  if (json.maybe('d_model', anInteger()) !== undefined) return readOriginalMamba(json);
  json.take('model_type', oneOf(['mamba']));
  const width = json.take('hidden_size', anInteger(), 768);
  const config: MambaConfig = {
    vocabularySize: json.take('vocab_size', anInteger(), 50280),
    width,
    depth: json.take('num_hidden_layers', aCount, 32),
    innerWidth: json.take('intermediate_size', anInteger(), Math.floor(json.take('expand', aPositive, 2) * width)),
    stateSize: json.take('state_size', anInteger(), 16),
    kernelSize: json.take('conv_kernel', anInteger(), 4),
    stepRank: json.take('time_step_rank', aRank(width), Math.ceil(width / 16)),
    tied: json.take('tie_word_embeddings', aBoolean, true),
    ...readShared(json),
    ...readTokens(json, { start: 0, end: 0, padding: 0 }),
  };
  json.finish([...IGNORED, 'time_step_scale', 'time_step_init_scheme', 'use_mambapy']);
  return config;
}

/** A number, or `auto`: a sixteenth of the width. */
const aRank =
  (width: number): ReadAttribute<number> =>
  (value, where) =>
    value === 'auto' ? Math.ceil(width / 16) : anInteger()(value, where);

function readOriginalMamba(json: ConfigReader): MambaConfig {
  const { vocabularySize, width, depth, tied, layer } = readOriginal(json, 'Mamba1');
  const config: MambaConfig = {
    vocabularySize,
    width,
    depth,
    tied,
    innerWidth: Math.floor(layer.take('expand', aPositive, 2) * width),
    stateSize: layer.take('d_state', anInteger(), 16),
    kernelSize: layer.take('d_conv', anInteger(), 4),
    stepRank: layer.take('dt_rank', aRank(width), Math.ceil(width / 16)),
    bias: layer.take('bias', aBoolean, false),
    convolutionBias: layer.take('conv_bias', aBoolean, true),
    stepSpan: {
      least: layer.take('dt_min', aPositive, 0.001),
      most: layer.take('dt_max', aPositive, 0.1),
      floor: layer.take('dt_init_floor', aPositive, 1e-4),
    },
  };
  layer.finish(['layer', 'dt_init', 'dt_scale', 'use_fast_path']);
  return config;
}

/** The `config.json` that Python's `MambaForCausalLM.from_pretrained` reads. */
export function writeMambaConfig(config: MambaConfig): Record<string, unknown> {
  const resolved = resolveMamba(config);
  return {
    model_type: 'mamba',
    intermediate_size: resolved.innerWidth,
    time_step_rank: resolved.stepRank,
    ...writeShared(resolved),
  };
}

/**
 * The names of a Mamba checkpoint.
 *
 * @param prefix `backbone.`, or nothing for the class without a head
 * @param embedding what the checkpoint calls the table: Hugging Face `embeddings`, the original `embedding`
 */
export function mambaRules(prefix = 'backbone.', embedding = 'embeddings'): WeightRule[] {
  return languageModelRules(prefix, embedding, mambaMixerRules(`${prefix}layers.{i}.mixer`, 'blocks.{i}.mixer'));
}

/** The names of one mixer. */
export function mambaMixerRules(mixer: string, path: string): WeightRule[] {
  return [
    ...mixerRules(mixer, path),
    rule(`${mixer}.x_proj.weight`, `${path}.selection.weight`, transposed),
    rule(`${mixer}.dt_proj.weight`, `${path}.stepSize.weight`, transposed),
    rule(`${mixer}.dt_proj.bias`, `${path}.stepBias`),
  ];
}
