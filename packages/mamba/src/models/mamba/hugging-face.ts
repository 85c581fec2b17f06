import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  type ConfigReader,
  type ReadAttribute,
  readSpecialTokens,
  rule,
  transposed,
  type WeightRule,
} from '@sequitur/pretrained';
import { mambaLikeFamily, sharedMixerRules } from '../mamba-like-family.js';
import { isOriginal, readOriginal } from '../original-config.js';
import { readShared, writeShared } from '../shared-attributes.js';
import { buildMamba } from './build.js';
import { type MambaConfig, mambaPresets, resolveMamba } from './config.js';

/** The family of Mamba (Gu and Dao 2023). */
export const mambaFamily = mambaLikeFamily<MambaConfig>({
  modelType: 'mamba',
  classes: ['MambaModel', 'MambaForCausalLM'],
  presets: mambaPresets,
  recognizes: (json) => isOriginal(json, 'Mamba1'),
  readConfig: (json) => (json.has('d_model') ? readOriginalMamba(json) : readMamba(json)),
  writeConfig: writeMamba,
  build: buildMamba,
  isTied: (config) => resolveMamba(config).tied,
  mixerRules: mambaMixerRules,
});

/** Reads what Mamba and Falcon-Mamba have in common. */
export function readMamba(json: ConfigReader): MambaConfig {
  const width = json.take('hidden_size', anInteger(), 768);
  return {
    vocabularySize: json.take('vocab_size', anInteger(), 50280),
    width,
    depth: json.take('num_hidden_layers', aCount, 32),
    innerWidth: json.take('intermediate_size', anInteger(), Math.floor(json.take('expand', aPositive, 2) * width)),
    stateSize: json.take('state_size', anInteger(), 16),
    kernelSize: json.take('conv_kernel', anInteger(), 4),
    stepRank: json.take('time_step_rank', aRank(width), Math.ceil(width / 16)),
    tied: json.take('tie_word_embeddings', aBoolean, true),
    ...readShared(json),
    ...readSpecialTokens(json, { startToken: 0, endToken: 0, paddingToken: 0 }),
  };
}

/** The rank: a number, or `auto`, a sixteenth of the width. */
const aRank =
  (width: number): ReadAttribute<number> =>
  (value, where) =>
    value === 'auto' ? Math.ceil(width / 16) : anInteger()(value, where);

function readOriginalMamba(json: ConfigReader): MambaConfig {
  const { vocabularySize, width, depth, tied, layer } = readOriginal(json, 'Mamba1');
  return {
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
}

/** What `readMamba` reads, as config.json spells it. */
export function writeMamba(config: MambaConfig): Record<string, unknown> {
  const resolved = resolveMamba(config);
  return {
    intermediate_size: resolved.innerWidth,
    time_step_rank: resolved.stepRank,
    ...writeShared(resolved),
  };
}

/** The tensor names of one mixer. */
export function mambaMixerRules(mixer: string, path: string): WeightRule[] {
  return [
    ...sharedMixerRules(mixer, path),
    rule(`${mixer}.x_proj.weight`, `${path}.selection.weight`, transposed),
    rule(`${mixer}.dt_proj.weight`, `${path}.stepSize.weight`, transposed),
    rule(`${mixer}.dt_proj.bias`, `${path}.stepBias`),
  ];
}
