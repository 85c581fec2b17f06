import { SequiturError, showValue } from '@sequitur/core';
import {
  type Attribute,
  type AttributeTable,
  aBoolean,
  anInteger,
  aPositive,
  attribute,
  linearRules,
  type ReadAttribute,
} from '@sequitur/pretrained';
import { biases } from '../llama/hugging-face.js';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { gatedNames } from '../llama/rules.js';
import { mamba2LayerRules, mamba2Layers } from '../mamba2-layers.js';
import { buildFalconH1 } from './build.js';
import { type FalconH1Config, falconH1Presets } from './config.js';

/** Two factors, each of which is an attribute. */
function pair(first: string, second: string): Attribute<readonly [number, number]> {
  return {
    read: (json) => [json.take(first, aPositive, 1), json.take(second, aPositive, 1)],
    write: (factors = [1, 1]) => ({ [first]: factors[0], [second]: factors[1] }),
  };
}

const factors =
  (count: number): ReadAttribute<readonly number[]> =>
  (value, where) => {
    if (Array.isArray(value) && value.length === count) return value.map((factor) => aPositive(factor, where));
    throw new SequiturError({ where, expected: `${count} numbers`, got: showValue(value) });
  };

/** The norm of the recurrence. */
const scanNorm: AttributeTable<Pick<FalconH1Config, 'scanNorm'>> = {
  read: (json) => {
    const isNormed = json.take('mamba_rms_norm', aBoolean, false);
    const normsFirst = json.take('mamba_norm_before_gate', aBoolean, true);
    return { scanNorm: isNormed ? (normsFirst ? 'beforeGate' : 'afterGate') : 'none' };
  },
  write: (config) => ({
    mamba_rms_norm: (config.scanNorm ?? 'none') !== 'none',
    mamba_norm_before_gate: config.scanNorm !== 'afterGate',
  }),
};

/** Falcon-H1 (Zuo et al. 2025). */
export const falconH1Family = llamaLikeFamily<FalconH1Config>({
  modelType: 'falcon_h1',
  name: 'FalconH1',
  presets: falconH1Presets,
  defaults: {
    ...{ vocabularySize: 128000, width: 4096, hiddenWidth: 14336, depth: 32, heads: 32, keyHeads: 8 },
    ...{ contextLength: 8192, normEpsilon: 1e-5, tokens: { startToken: 1, endToken: 2, paddingToken: 0 } },
  },
  attributes: [
    biases,
    mamba2Layers({
      ...{ scanHeads: 128, scanHeadSize: 8 },
      readInnerWidth: (json) => (json.has('mamba_d_ssm') ? json.maybe('mamba_d_ssm', anInteger()) : 1024),
    }),
    attribute.written<FalconH1Config>(({ innerWidth }) => ({ mamba_d_ssm: innerWidth })),
    scanNorm,
    {
      scanOutputBias: attribute.flag('projectors_bias', false),
      embeddingScale: attribute.positive('embedding_multiplier', 1),
      logitScale: attribute.positive('lm_head_multiplier', 1),
      keyScale: attribute.positive('key_multiplier', 1),
      attentionScales: pair('attention_in_multiplier', 'attention_out_multiplier'),
      scanScales: pair('ssm_in_multiplier', 'ssm_out_multiplier'),
      projectionScales: attribute.of('ssm_multipliers', factors(5), [1, 1, 1, 1, 1]),
      feedForwardScales: attribute.of('mlp_multipliers', factors(2), [1, 1]) as Attribute<readonly [number, number]>,
    },
  ],
  names: {
    norms: { input_layernorm: 'mixerNorm', pre_ff_layernorm: 'feedForwardNorm' },
    norm: 'final_layernorm',
  },
  rules: (_config, layer, block) => [
    ...mamba2LayerRules(`${layer}.mamba`, `${block}.mixer.recurrence`),
    ...linearRules(`${layer}.mamba.out_proj`, `${block}.mixer.recurrence.output`),
    ...linearRules(`${layer}.self_attn`, `${block}.mixer.attention`, {
      ...{ q_proj: 'query', k_proj: 'key', v_proj: 'value', o_proj: 'output' },
    }),
    ...linearRules(`${layer}.feed_forward`, `${block}.feedForward`, gatedNames),
  ],
  build: buildFalconH1,
});
