import { SequiturError, showValue } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  type ConfigReader,
  depthwise,
  linearRules,
  type ReadAttribute,
  rule,
  type WeightRule,
} from '@sequitur/pretrained';
import { Mamba2Mixer, type Mamba2MixerOptions } from '@sequitur/ssm';

/** The Mamba-2 layers of a model that also has attention (Dao and Gu 2024). */
export interface Mamba2LayerConfig {
  /** Channels inside a Mamba-2 layer. */
  readonly innerWidth: number;
  /** N, state size per channel. */
  readonly stateSize: number;
  /** P, channels per head of a Mamba-2 layer. */
  readonly scanHeadSize: number;
  /** Groups of heads that share input and output matrices; default 1. */
  readonly groups?: number;
  /** Kernel size of the short convolution; default 4. */
  readonly kernelSize?: number;
  /** Positions per matrix product; affects only the speed. Default 256. */
  readonly chunkLength?: number;
  /** Clamps the step sizes; default 0 and infinity. */
  readonly stepLimit?: readonly [least: number, most: number];
  /** Biases of the projections into and out of a Mamba-2 layer; default false. */
  readonly projectionBias?: boolean;
  /** Whether the convolution has a bias; default true. */
  readonly convolutionBias?: boolean;
}

export interface Mamba2LayerDefaults {
  readonly width: number;
  readonly scanHeads: number;
  readonly scanHeadSize: number;
}

/** Reads the Mamba-2 layers. The inner width may be given by another attribute, or is `mamba_expand` x width. */
export function readMamba2Layers(
  json: ConfigReader,
  defaults: Mamba2LayerDefaults,
  given?: number | undefined,
): Mamba2LayerConfig {
  const width = json.take('hidden_size', anInteger(), defaults.width);
  const expanded = Math.trunc(json.take('mamba_expand', aPositive, 2) * width);
  const innerWidth = given ?? expanded;
  const heads = json.take('mamba_n_heads', aCount, defaults.scanHeads);
  const scanHeadSize = json.take('mamba_d_head', aHeadSize(innerWidth / heads), defaults.scanHeadSize);
  expectHeads(json, heads * scanHeadSize, innerWidth);
  return {
    innerWidth,
    scanHeadSize,
    stateSize: json.take('mamba_d_state', anInteger(), 256),
    groups: json.take('mamba_n_groups', anInteger(), 1),
    kernelSize: json.take('mamba_d_conv', anInteger(), 4),
    chunkLength: json.take('mamba_chunk_size', anInteger(), 256),
    stepLimit: json.take('time_step_limit', aSpan, [0, Number.POSITIVE_INFINITY]),
    projectionBias: json.take('mamba_proj_bias', aBoolean, false),
    convolutionBias: json.take('mamba_conv_bias', aBoolean, true),
  };
}

/** What `readMamba2Layers` reads, as config.json spells it. */
export function writeMamba2Layers(config: Mamba2LayerConfig & { readonly width: number }): Record<string, unknown> {
  return {
    mamba_expand: config.innerWidth / config.width,
    mamba_n_heads: config.innerWidth / config.scanHeadSize,
    mamba_d_head: config.scanHeadSize,
    mamba_d_state: config.stateSize,
    mamba_n_groups: config.groups ?? 1,
    mamba_d_conv: config.kernelSize ?? 4,
    mamba_chunk_size: config.chunkLength ?? 256,
    ...(config.stepLimit && { time_step_limit: config.stepLimit }),
    mamba_proj_bias: config.projectionBias ?? false,
    mamba_conv_bias: config.convolutionBias ?? true,
  };
}

const aHeadSize =
  (even: number): ReadAttribute<number> =>
  (value, where) =>
    value === 'auto' ? even : anInteger()(value, where);

const aSpan: ReadAttribute<readonly [number, number]> = (value, where) => {
  const isSpan = Array.isArray(value) && value.length === 2 && value.every((item) => typeof item === 'number');
  if (isSpan) return value as unknown as readonly [number, number];
  throw new SequiturError({ where, expected: 'two numbers, the least and the most', got: showValue(value) });
};

function expectHeads({ where }: ConfigReader, found: number, innerWidth: number): void {
  if (found === innerWidth) return;
  const expected = `mamba_n_heads x mamba_d_head = the inner width of a Mamba-2 layer, ${innerWidth}`;
  throw new SequiturError({ where, expected, got: String(found) });
}

/** The mixer of a Mamba-2 layer, whose norm runs over all channels unless said otherwise. */
export function mamba2Mixer(
  config: Mamba2LayerConfig & {
    readonly width: number;
    readonly depth: number;
    readonly normEpsilon?: number;
    readonly activation?: string;
  },
  options: Partial<Mamba2MixerOptions> = {},
): Mamba2Mixer {
  const { width, innerWidth, stateSize, groups = 1, kernelSize = 4, chunkLength = 256 } = config;
  return new Mamba2Mixer({
    ...{ width, innerWidth, stateSize, groups, kernelSize, chunkLength },
    activation: config.activation ?? 'silu',
    headSize: config.scanHeadSize,
    stepLimit: config.stepLimit ?? [0, Number.POSITIVE_INFINITY],
    bias: config.projectionBias ?? false,
    convolutionBias: config.convolutionBias ?? true,
    normEpsilon: config.normEpsilon ?? 1e-6,
    normGroupSize: innerWidth,
    outputScale: 1 / Math.sqrt(config.depth),
    ...options,
  });
}

/** The tensors of a Mamba-2 mixer but its output: `model.layers.{i}.mamba` -> `blocks.{i}.mixer`. */
export function mamba2LayerRules(checkpoint: string, path: string): WeightRule[] {
  return [
    ...linearRules(`${checkpoint}.in_proj`, `${path}.input`),
    rule(`${checkpoint}.conv1d.weight`, `${path}.convolution.weight`, depthwise),
    rule(`${checkpoint}.conv1d.bias`, `${path}.convolution.bias`),
    rule(`${checkpoint}.dt_bias`, `${path}.stepBias`),
    rule(`${checkpoint}.A_log`, `${path}.logDecay`),
    rule(`${checkpoint}.D`, `${path}.skip`),
    rule(`${checkpoint}.norm.weight`, `${path}.normWeight`),
  ];
}

/** The outputs of layers that are attention or Mamba. */
export const MAMBA_OUTPUTS = { attention: 'self_attn.o_proj', other: 'mamba.out_proj' } as const;
