import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  type ConfigReader,
  depthwise,
  linearsRules,
  type ReadAttribute,
  rule,
  sameRules,
  transposed,
  type WeightRule,
} from '@sequitur/pretrained';
import { expertRules, readBalance, writeBalance } from '../expert-layers.js';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
import { MAMBA_OUTPUTS } from '../mamba2-layers.js';
import { mixerOutputRules } from '../read-layer-kinds.js';
import { buildJamba } from './build.js';
import { type JambaConfig, jambaPresets } from './config.js';

const defaults = {
  ...{ vocabularySize: 65536, width: 4096, hiddenWidth: 14336, depth: 32, heads: 32, keyHeads: 8 },
  ...{ contextLength: 262144, tokens: { startToken: 1, endToken: 2, paddingToken: 0 } },
};

/** Jamba (Lieber et al. 2024). */
export const jambaFamily = llamaLikeFamily<JambaConfig>({
  modelType: 'jamba',
  name: 'Jamba',
  presets: jambaPresets,
  defaults,
  readMore: (json) => ({ ...readLayers(json), ...readMambaLayers(json), ...readBalance(json) }),
  writeMore: (config) => ({
    ...writeLayers(config),
    ...writeMambaLayers(config),
    ...writeBalance(config),
  }),
  build: buildJamba,
  rules,
});

function readLayers(json: ConfigReader) {
  const depth = json.take('num_hidden_layers', aCount, defaults.depth);
  const every = (kind: string, period: number, offset: number) => {
    const [ofKind, from] = [
      json.take(`${kind}_layer_period`, anInteger(), period),
      json.take(`${kind}_layer_offset`, anInteger(0), offset),
    ];
    return Array.from({ length: depth }, (_, layer) => layer % ofKind === from);
  };
  const experts = json.take('num_experts', aCount, 16);
  const sparse = every('expert', 2, 1).map((is) => is && experts > 1);
  return {
    experts,
    activeExperts: json.take('num_experts_per_tok', aCount, 2),
    attends: every('attn', 8, 4),
    sparse,
  };
}

/** Kinds of layers, where they repeat; else the class cannot say them. */
function writeLayers({ attends, sparse, experts, activeExperts }: JambaConfig): Record<string, unknown> {
  return {
    ...writePeriod('attn', attends),
    ...writePeriod('expert', sparse),
    num_experts: sparse.includes(true) ? experts : 1,
    num_experts_per_tok: activeExperts,
  };
}

function writePeriod(kind: string, layers: readonly boolean[]): Record<string, number> {
  const first = layers.indexOf(true);
  const second = layers.indexOf(true, first + 1);
  const period = second < 0 ? layers.length : second - first;
  return { [`${kind}_layer_period`]: period, [`${kind}_layer_offset`]: first < 0 ? period : first };
}

/** A number, or `auto`: a sixteenth of the width. */
const aRank =
  (width: number): ReadAttribute<number> =>
  (value, where) =>
    value === 'auto' ? Math.ceil(width / 16) : anInteger()(value, where);

function readMambaLayers(json: ConfigReader) {
  const width = json.take('hidden_size', anInteger(), defaults.width);
  return {
    innerWidth: Math.trunc(json.take('mamba_expand', aPositive, 2) * width),
    stateSize: json.take('mamba_d_state', anInteger(), 16),
    kernelSize: json.take('mamba_d_conv', anInteger(), 4),
    stepRank: json.take('mamba_dt_rank', aRank(width), Math.ceil(width / 16)),
    projectionBias: json.take('mamba_proj_bias', aBoolean, false),
    convolutionBias: json.take('mamba_conv_bias', aBoolean, true),
  };
}

function writeMambaLayers(config: JambaConfig): Record<string, unknown> {
  const { width, innerWidth = 2 * width } = config;
  return {
    mamba_expand: innerWidth / width,
    mamba_d_state: config.stateSize ?? 16,
    mamba_d_conv: config.kernelSize ?? 4,
    mamba_dt_rank: config.stepRank ?? Math.ceil(width / 16),
    mamba_proj_bias: config.projectionBias ?? false,
    mamba_conv_bias: config.convolutionBias ?? true,
  };
}

function rules({ attends }: JambaConfig, prefix: string): WeightRule[] {
  const [layer, block] = [`${prefix}layers.{i}`, 'blocks.{i}'];
  const [theirs, ours] = [`${layer}.mamba`, `${block}.mixer`];
  const [feedForward, path] = [`${layer}.feed_forward`, `${block}.feedForward`];
  const norms = { dt_layernorm: 'stepNorm', b_layernorm: 'inputNorm', c_layernorm: 'outputNorm' };
  return [
    ...mixerOutputRules(attends, prefix, MAMBA_OUTPUTS),
    ...linearsRules(theirs, ours, { in_proj: 'input', x_proj: 'selection' }),
    rule(`${theirs}.dt_proj.weight`, `${ours}.stepSize.weight`, transposed),
    rule(`${theirs}.dt_proj.bias`, `${ours}.stepBias`),
    rule(`${theirs}.conv1d.weight`, `${ours}.convolution.weight`, depthwise),
    rule(`${theirs}.conv1d.bias`, `${ours}.convolution.bias`),
    rule(`${theirs}.A_log`, `${ours}.logDecay`),
    rule(`${theirs}.D`, `${ours}.skip`),
    ...Object.entries(norms).flatMap(([name, norm]) => sameRules(`${theirs}.${name}`, `${ours}.${norm}`)),
    rule(`${feedForward}.router.weight`, `${path}.router.projection.weight`, transposed),
    ...expertRules(feedForward, path),
    ...linearsRules(feedForward, path, { gate_proj: 'gate', up_proj: 'up', down_proj: 'down' }),
    ...llamaRules(prefix, {
      norms: { input_layernorm: 'mixerNorm', pre_ff_layernorm: 'feedForwardNorm' },
      norm: 'final_layernorm',
    }),
  ];
}
