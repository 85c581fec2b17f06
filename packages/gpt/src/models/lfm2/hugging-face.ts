import {
  aBoolean,
  anInteger,
  aPositive,
  attribute,
  type ConfigReader,
  depthwise,
  linearRules,
  rule,
} from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { mixerOutputRules, readLayerKinds } from '../read-layer-kinds.js';
import { buildLfm2 } from './build.js';
import { type Lfm2Config, lfm2Presets } from './config.js';

const KINDS = { conv: false, full_attention: true } as const;

/** LFM2 (Amini et al. 2025). */
export const lfm2Family = llamaLikeFamily<Lfm2Config>({
  modelType: 'lfm2',
  name: 'Lfm2',
  presets: lfm2Presets,
  defaults: {
    tokens: { startToken: 1, endToken: 2, paddingToken: 0 },
    ...{ vocabularySize: 65536, width: 2560, hiddenWidth: 12288, depth: 32, heads: 32, keyHeads: 8, tied: true },
    ...{ contextLength: 128000, normEpsilon: 1e-5, rotaryBase: 1000000, names: { epsilon: 'norm_eps' } },
  },
  attributes: [
    {
      hiddenWidth: {
        read: (json, { hiddenWidth }) => readHiddenWidth(json, hiddenWidth),
        write: () => ({ block_auto_adjust_ff_dim: false }), // the width is the adjusted one
      },
      tied: { read: (json, { tied }) => json.maybe('tie_embedding', aBoolean) ?? tied, write: () => ({}) },
      kernelSize: attribute.integer('conv_L_cache', 3),
      convolutionBias: attribute.flag('conv_bias', false),
      attends: {
        read: (json, { depth }) => readAttends(json, depth),
        write: (attends = []) => ({ layer_types: attends.map((is) => (is ? 'full_attention' : 'conv')) }),
      },
    },
  ],
  names: {
    norms: { operator_norm: 'mixerNorm', ffn_norm: 'feedForwardNorm' },
    attentionNorms: { q_layernorm: 'queryNorm', k_layernorm: 'keyNorm' },
    norm: 'embedding_norm',
  },
  rules: ({ attends }, layer, block) => [
    rule(`${layer}.conv.conv.weight`, `${block}.mixer.convolution.weight`, depthwise),
    rule(`${layer}.conv.conv.bias`, `${block}.mixer.convolution.bias`),
    ...linearRules(`${layer}.conv.in_proj`, `${block}.mixer.input`),
    ...mixerOutputRules(attends, layer, { attention: 'self_attn.out_proj', other: 'conv.out_proj' }),
    ...linearRules(`${layer}.feed_forward`, `${block}.feedForward`, { w1: 'gate', w3: 'up', w2: 'down' }),
  ],
  build: buildLfm2,
});

/** Hidden width of the feed-forward: two thirds of the stated one, rounded up to a multiple. */
function readHiddenWidth(json: ConfigReader, stated: number): number {
  const width = json.maybe('block_ff_dim', anInteger()) ?? stated;
  const factor = json.has('block_ffn_dim_multiplier') ? json.maybe('block_ffn_dim_multiplier', aPositive) : 1;
  const multiple = json.take('block_multiple_of', anInteger(), 256);
  if (!json.take('block_auto_adjust_ff_dim', aBoolean, true)) return width;
  const adjusted = Math.trunc((factor ?? 1) * Math.trunc((2 * width) / 3));
  return multiple * Math.ceil(adjusted / multiple);
}

function readAttends(json: ConfigReader, depth: number): readonly boolean[] {
  const listed = json.maybe('full_attn_idxs', (value, where) => (value as number[]).map((i) => anInteger(0)(i, where)));
  const isAttention = (layer: number) => (listed ? listed.includes(layer) : true);
  return readLayerKinds(json, 'layer_types', KINDS, depth) ?? Array.from({ length: depth }, (_, i) => isAttention(i));
}
