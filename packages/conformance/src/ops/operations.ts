import { activations } from './activations.js';
import { alibiCases } from './alibi.js';
import { attentionCases } from './attention.js';
import { bigbirdAttentionCases } from './bigbird-attention.js';
import { causalDepthwiseConvolution } from './causal-depthwise-convolution.js';
import { crossEntropyCases } from './cross-entropy.js';
import {
  gatedDeltaProductCases,
  gatedDeltaRuleCases,
  gatedLinearAttentionCases,
  rwkv6Cases,
  rwkv7Cases,
} from './delta-rules.js';
import { hgrnCases } from './hgrn.js';
import { logitsProcessorCases } from './logits-processors.js';
import { longformerAttentionCases } from './longformer-attention.js';
import { mamba3Cases } from './mamba3.js';
import { mlstmCases } from './mlstm.js';
import { norms } from './norms.js';
import type { Operation } from './operation.js';
import { optimizerCases } from './optimizers.js';
import { rgLruCases } from './rg-lru.js';
import { rope } from './rope.js';
import { s4dCases } from './s4d.js';
import { selectiveScanCases } from './selective-scan.js';
import { sinusoidalPosition } from './sinusoidal-position.js';
import { stateSpaceDualityCases } from './state-space-duality.js';
import { t5RelativeBiasCases } from './t5-relative-bias.js';
import { mesaNetCases, titansLinearMemoryCases, tttLinearCases, tttLinearOriginalCases } from './test-time.js';
import { torchMultiheadAttention } from './torch-attention.js';
import { torchTransformerLayers } from './torch-transformer-layers.js';

/** Every operation that can be compared, by the `op` of cases.json. */
export const operations: Readonly<Record<string, Operation>> = {
  t5_relative_bias: t5RelativeBiasCases,
  longformer_attention: longformerAttentionCases,
  bigbird_attention: bigbirdAttentionCases,
  attention: attentionCases,
  alibi: alibiCases,
  activations,
  cross_entropy: crossEntropyCases,
  logits_processors: logitsProcessorCases,
  norms,
  optimizers: optimizerCases,
  causal_depthwise_conv1d: causalDepthwiseConvolution,
  rope,
  selective_scan: selectiveScanCases,
  sinusoidal_position: sinusoidalPosition,
  torch_multihead_attention: torchMultiheadAttention,
  torch_transformer_layers: torchTransformerLayers,
  ssd_minimal: stateSpaceDualityCases,
  s4d: s4dCases,
  gated_delta_rule: gatedDeltaRuleCases,
  delta_rule: gatedDeltaRuleCases,
  kda: gatedDeltaRuleCases,
  gated_delta_product: gatedDeltaProductCases,
  gla: gatedLinearAttentionCases,
  simple_gla: gatedLinearAttentionCases,
  retention: gatedLinearAttentionCases,
  lightning_attention: gatedLinearAttentionCases,
  rwkv6: rwkv6Cases,
  rwkv7: rwkv7Cases,
  hgrn: hgrnCases,
  mlstm: mlstmCases,
  rg_lru: rgLruCases,
  titans_linear_memory: titansLinearMemoryCases,
  mesa_net: mesaNetCases,
  ttt_linear: tttLinearCases,
  ttt_linear_original: tttLinearOriginalCases,
  mamba3_siso: mamba3Cases,
  mamba3_mimo: mamba3Cases,
};
