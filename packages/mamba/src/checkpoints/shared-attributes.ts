import { activationNames } from '@sequitur/core';
import { aBoolean, anInteger, aPositive, type ConfigReader, oneOf } from '@sequitur/pretrained';
import type { StepSizeSpan } from '@sequitur/ssm';

/** Attributes of `config.json` that leave the models of this package as they are: bookkeeping, kernels and training. */
export const IGNORED: readonly string[] = [
  ...['_name_or_path', 'architectures', 'dtype', 'torch_dtype', 'transformers_version', 'use_cache'],
  ...['return_dict', 'output_hidden_states', 'problem_type', 'id2label', 'label2id', 'num_labels'],
  ...['initializer_range', 'rescale_prenorm_residual', 'residual_in_fp32'],
  // What the original repositories leave in converted files.
  ...['d_inner', 'd_model', 'n_layer', 'ssm_cfg', 'rms_norm', 'fused_add_norm', 'pad_vocab_size_multiple'],
];

export interface SpecialTokens {
  readonly startToken?: number;
  readonly endToken?: number;
  readonly paddingToken?: number;
}

/** The special tokens, with the ids that the Python class takes where none stand. */
export function readTokens(
  json: ConfigReader,
  fallback: { readonly start: number; readonly end: number; readonly padding: number },
): SpecialTokens {
  return {
    startToken: json.take('bos_token_id', anInteger(0), fallback.start),
    endToken: json.take('eos_token_id', anInteger(0), fallback.end),
    paddingToken: json.take('pad_token_id', anInteger(0), fallback.padding),
  };
}

/** What both classes call alike and mean alike. */
export function readShared(json: ConfigReader) {
  return {
    bias: json.take('use_bias', aBoolean, false),
    convolutionBias: json.take('use_conv_bias', aBoolean, true),
    activation: json.take('hidden_act', oneOf(activationNames), 'silu'),
    normEpsilon: json.take('layer_norm_epsilon', aPositive, 1e-5),
    stepSpan: {
      least: json.take('time_step_min', aPositive, 0.001),
      most: json.take('time_step_max', aPositive, 0.1),
      floor: json.take('time_step_floor', aPositive, 1e-4),
    },
  };
}

interface SharedConfig extends SpecialTokens {
  readonly vocabularySize: number;
  readonly width: number;
  readonly depth: number;
  readonly innerWidth: number;
  readonly stateSize: number;
  readonly kernelSize: number;
  readonly bias: boolean;
  readonly convolutionBias: boolean;
  readonly activation: string;
  readonly normEpsilon: number;
  readonly tied: boolean;
  readonly stepSpan?: StepSizeSpan;
}

export function writeShared(config: SharedConfig): Record<string, unknown> {
  const { stepSpan } = config;
  return {
    vocab_size: config.vocabularySize,
    hidden_size: config.width,
    num_hidden_layers: config.depth,
    expand: config.innerWidth / config.width,
    state_size: config.stateSize,
    conv_kernel: config.kernelSize,
    use_bias: config.bias,
    use_conv_bias: config.convolutionBias,
    hidden_act: config.activation,
    layer_norm_epsilon: config.normEpsilon,
    tie_word_embeddings: config.tied,
    ...(stepSpan && {
      time_step_min: stepSpan.least,
      time_step_max: stepSpan.most,
      time_step_floor: stepSpan.floor,
    }),
    ...writeTokens(config),
    use_cache: true,
  };
}

function writeTokens({ startToken, endToken, paddingToken }: SpecialTokens): Record<string, number> {
  return {
    ...(startToken !== undefined && { bos_token_id: startToken }),
    ...(endToken !== undefined && { eos_token_id: endToken }),
    ...(paddingToken !== undefined && { pad_token_id: paddingToken }),
  };
}
