import {
  type Attribute,
  anInteger,
  aPositive,
  attribute,
  type ConfigReader,
  depthwise,
  linearRules,
  type ReadAttribute,
  rule,
  sameRules,
  transposed,
} from '@sequitur/pretrained';
import { balance, expertRules } from '../expert-layers.js';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { gatedNames } from '../llama/rules.js';
import { MAMBA_OUTPUTS } from '../mamba2-layers.js';
import { mixerOutputRules } from '../read-layer-kinds.js';
import { buildJamba } from './build.js';
import { type JambaConfig, jambaPresets } from './config.js';

/** Jamba (Lieber et al. 2024). */
export const jambaFamily = llamaLikeFamily<JambaConfig>({
  modelType: 'jamba',
  name: 'Jamba',
  presets: jambaPresets,
  defaults: {
    ...{ vocabularySize: 65536, width: 4096, hiddenWidth: 14336, depth: 32, heads: 32, keyHeads: 8 },
    ...{ contextLength: 262144, tokens: { startToken: 1, endToken: 2, paddingToken: 0 } },
  },
  attributes: [
    {
      attends: periodic('attn', 8, 4),
      sparse: periodic('expert', 2, 1),
      experts: attribute.count('num_experts', 16),
      activeExperts: attribute.count('num_experts_per_tok', 2),
    },
    {
      // One expert is a feed-forward.
      sparse: {
        read: (_json, { sparse, experts }) => (sparse as readonly boolean[]).map((is) => is && experts > 1),
        write: (sparse = [], { experts }) => ({ num_experts: sparse.includes(true) ? experts : 1 }),
      },
      innerWidth: {
        read: (json, { width }) => Math.trunc(json.take('mamba_expand', aPositive, 2) * width),
        write: (innerWidth, { width }) => ({ mamba_expand: (innerWidth ?? 2 * width) / width }),
      },
      stateSize: attribute.integer('mamba_d_state', 16),
      kernelSize: attribute.integer('mamba_d_conv', 4),
      stepRank: {
        read: (json, { width }) => json.take('mamba_dt_rank', aRank(width), Math.ceil(width / 16)),
        write: (rank, { width }) => ({ mamba_dt_rank: rank ?? Math.ceil(width / 16) }),
      },
      projectionBias: attribute.flag('mamba_proj_bias', false),
      convolutionBias: attribute.flag('mamba_conv_bias', true),
    },
    balance(),
  ],
  names: {
    norms: { input_layernorm: 'mixerNorm', pre_ff_layernorm: 'feedForwardNorm' },
    norm: 'final_layernorm',
  },
  rules: ({ attends }, layer, block) => {
    const [theirs, ours] = [`${layer}.mamba`, `${block}.mixer`];
    const [feedForward, path] = [`${layer}.feed_forward`, `${block}.feedForward`];
    return [
      ...mixerOutputRules(attends, layer, MAMBA_OUTPUTS),
      ...linearRules(theirs, ours, { in_proj: 'input', x_proj: 'selection' }),
      rule(`${theirs}.dt_proj.weight`, `${ours}.stepSize.weight`, transposed),
      rule(`${theirs}.dt_proj.bias`, `${ours}.stepBias`),
      rule(`${theirs}.conv1d.weight`, `${ours}.convolution.weight`, depthwise),
      rule(`${theirs}.conv1d.bias`, `${ours}.convolution.bias`),
      rule(`${theirs}.A_log`, `${ours}.logDecay`),
      rule(`${theirs}.D`, `${ours}.skip`),
      ...sameRules(theirs, ours, { dt_layernorm: 'stepNorm', b_layernorm: 'inputNorm', c_layernorm: 'outputNorm' }),
      rule(`${feedForward}.router.weight`, `${path}.router.projection.weight`, transposed),
      ...expertRules(feedForward, path),
      ...linearRules(feedForward, path, gatedNames),
    ];
  },
  build: buildJamba,
});

/** Layers of a kind, by period and offset; the class has no attribute for other arrangements. */
function periodic(kind: string, usualPeriod: number, usualOffset: number): Attribute<readonly boolean[]> {
  const [period, offset] = [`${kind}_layer_period`, `${kind}_layer_offset`];
  return {
    read: (json: ConfigReader, { depth }) => {
      const every = json.take(period, anInteger(), usualPeriod);
      const first = json.take(offset, anInteger(0), usualOffset);
      return Array.from({ length: depth }, (_, layer) => layer % every === first);
    },
    write: (layers = []) => {
      const first = layers.indexOf(true);
      const second = layers.indexOf(true, first + 1);
      const every = second < 0 ? layers.length : second - first;
      return { [period]: every, [offset]: first < 0 ? every : first };
    },
  };
}

/** Rank of the step size projection: a number, or `auto` for a sixteenth of the width. */
const aRank =
  (width: number): ReadAttribute<number> =>
  (value, where) =>
    value === 'auto' ? Math.ceil(width / 16) : anInteger()(value, where);
