import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  type ConfigReader,
  depthwise,
  linearRules,
  linearsRules,
  rule,
  sameRules,
  type WeightRule,
} from '@sequitur/pretrained';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
import { mixerOutputRules, readLayerKinds } from '../read-layer-kinds.js';
import { buildLfm2 } from './build.js';
import { type Lfm2Config, lfm2Presets } from './config.js';

const KINDS = { conv: false, full_attention: true } as const;

const defaults = {
  tokens: { startToken: 1, endToken: 2, paddingToken: 0 },
  ...{ vocabularySize: 65536, width: 2560, hiddenWidth: 12288, depth: 32, heads: 32, keyHeads: 8, tied: true },
  ...{ contextLength: 128000, normEpsilon: 1e-5, rotaryBase: 1000000, names: { epsilon: 'norm_eps' } },
};

/** LFM2 (Amini et al. 2025). */
export const lfm2Family = llamaLikeFamily<Lfm2Config>({
  modelType: 'lfm2',
  name: 'Lfm2',
  presets: lfm2Presets,
  defaults,
  readMore: (json) => ({
    hiddenWidth: readHiddenWidth(json),
    tied: json.maybe('tie_embedding', aBoolean) ?? json.take('tie_word_embeddings', aBoolean, true),
    kernelSize: json.take('conv_L_cache', anInteger(), 3),
    convolutionBias: json.take('conv_bias', aBoolean, false),
    attends: readAttends(json),
  }),
  writeMore: (config) => ({
    block_auto_adjust_ff_dim: false, // the width is the adjusted one
    conv_L_cache: config.kernelSize ?? 3,
    conv_bias: config.convolutionBias ?? false,
    layer_types: config.attends.map((attends) => (attends ? 'full_attention' : 'conv')),
  }),
  build: buildLfm2,
  rules,
});

/** The width of the feed-forward, which is two thirds of the stated one, rounded up to a multiple. */
function readHiddenWidth(json: ConfigReader): number {
  const stated = json.take('intermediate_size', anInteger(), defaults.hiddenWidth);
  const width = json.maybe('block_ff_dim', anInteger()) ?? stated;
  const factor = json.has('block_ffn_dim_multiplier') ? json.maybe('block_ffn_dim_multiplier', aPositive) : 1;
  const multiple = json.take('block_multiple_of', anInteger(), 256);
  if (!json.take('block_auto_adjust_ff_dim', aBoolean, true)) return width;
  const adjusted = Math.trunc((factor ?? 1) * Math.trunc((2 * width) / 3));
  return multiple * Math.ceil(adjusted / multiple);
}

function readAttends(json: ConfigReader): readonly boolean[] {
  const depth = json.take('num_hidden_layers', aCount, defaults.depth);
  const listed = json.maybe('full_attn_idxs', (value, where) => (value as number[]).map((i) => anInteger(0)(i, where)));
  const isAttention = (layer: number) => (listed ? listed.includes(layer) : true);
  return readLayerKinds(json, 'layer_types', KINDS, depth) ?? Array.from({ length: depth }, (_, i) => isAttention(i));
}

function rules({ attends }: Lfm2Config, prefix: string): WeightRule[] {
  const [layer, block] = [`${prefix}layers.{i}`, 'blocks.{i}'];
  return [
    ...sameRules(`${layer}.self_attn.q_layernorm`, `${block}.mixer.queryNorm`),
    ...sameRules(`${layer}.self_attn.k_layernorm`, `${block}.mixer.keyNorm`),
    rule(`${layer}.conv.conv.weight`, `${block}.mixer.convolution.weight`, depthwise),
    rule(`${layer}.conv.conv.bias`, `${block}.mixer.convolution.bias`),
    ...linearRules(`${layer}.conv.in_proj`, `${block}.mixer.input`),
    ...mixerOutputRules(attends, prefix, { attention: 'self_attn.out_proj', other: 'conv.out_proj' }),
    ...linearsRules(`${layer}.feed_forward`, `${block}.feedForward`, { w1: 'gate', w3: 'up', w2: 'down' }),
    ...llamaRules(prefix, {
      norms: { operator_norm: 'mixerNorm', ffn_norm: 'feedForwardNorm' },
      norm: 'embedding_norm',
    }),
  ];
}
