import { activations } from './activations.js';
import { alibiCases } from './alibi.js';
import { attentionCases } from './attention.js';
import { bigbirdAttentionCases } from './bigbird-attention.js';
import { causalDepthwiseConvolution } from './causal-depthwise-convolution.js';
import { crossEntropyCases } from './cross-entropy.js';
import { logitsProcessorCases } from './logits-processors.js';
import { longformerAttentionCases } from './longformer-attention.js';
import { norms } from './norms.js';
import type { Operation } from './operation.js';
import { optimizerCases } from './optimizers.js';
import { rope } from './rope.js';
import { s4dCases } from './s4d.js';
import { selectiveScanCases } from './selective-scan.js';
import { sinusoidalPosition } from './sinusoidal-position.js';
import { stateSpaceDualityCases } from './state-space-duality.js';
import { t5RelativeBiasCases } from './t5-relative-bias.js';
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
};
