import { SequiturError, showValue } from '@sequitur/core';
import {
  type AttributeTable,
  aCount,
  anInteger,
  aPositive,
  attribute,
  attributeTable,
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
  /** Bounds of the step sizes; default 0 and infinity. */
  readonly stepLimit?: readonly [least: number, most: number];
  /** Biases of the projections into and out of a Mamba-2 layer; default false. */
  readonly projectionBias?: boolean;
  /** Whether the convolution has a bias; default true. */
  readonly convolutionBias?: boolean;
}

export interface Mamba2LayerDefaults {
  readonly scanHeads: number;
  readonly scanHeadSize: number;
  /** Reads the inner width from another attribute; default `mamba_expand` x width. */
  readonly readInnerWidth?: (json: ConfigReader) => number | undefined;
}

/** The attributes of Mamba-2 layers. */
export function mamba2Layers(defaults: Mamba2LayerDefaults): AttributeTable<Mamba2LayerConfig> {
  return attributeTable<Mamba2LayerConfig>(
    {
      read: (json, known) => {
        const expanded = Math.trunc(json.take('mamba_expand', aPositive, 2) * known!.width);
        const innerWidth = defaults.readInnerWidth?.(json) ?? expanded;
        const heads = json.take('mamba_n_heads', aCount, defaults.scanHeads);
        const scanHeadSize = json.take('mamba_d_head', aHeadSize(innerWidth / heads), defaults.scanHeadSize);
        expectHeads(json, heads * scanHeadSize, innerWidth);
        return { innerWidth, scanHeadSize };
      },
      write: (config) => {
        const { width, innerWidth, scanHeadSize } = config as Mamba2LayerConfig & { readonly width: number };
        return {
          ...{ mamba_expand: innerWidth / width, mamba_n_heads: innerWidth / scanHeadSize },
          mamba_d_head: scanHeadSize,
        };
      },
    },
    {
      stateSize: attribute.integer('mamba_d_state', 256),
      groups: attribute.integer('mamba_n_groups', 1),
      kernelSize: attribute.integer('mamba_d_conv', 4),
      chunkLength: attribute.integer('mamba_chunk_size', 256),
      stepLimit: attribute.optional('time_step_limit', aSpan, [0, Number.POSITIVE_INFINITY]),
      projectionBias: attribute.flag('mamba_proj_bias', false),
      convolutionBias: attribute.flag('mamba_conv_bias', true),
    },
  );
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

/** Weight rules of a Mamba-2 mixer without its output projection: `model.layers.{i}.mamba` -> `blocks.{i}.mixer`. */
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

/** Names of the output projections of attention and Mamba layers. */
export const MAMBA_OUTPUTS = { attention: 'self_attn.o_proj', other: 'mamba.out_proj' } as const;
