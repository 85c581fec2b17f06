import { activationNames } from '@sequitur/core';
import {
  aBoolean,
  aPositive,
  type ConfigReader,
  oneOf,
  type SpecialTokens,
  writeSpecialTokens,
} from '@sequitur/pretrained';
import type { StepSizeSpan } from '@sequitur/ssm';

/** Reads the common attributes of both classes. */
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
    ...writeSpecialTokens(config),
    use_cache: true,
  };
}
