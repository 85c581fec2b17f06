import { SequiturError } from '@sequitur/core';
import type { StepSizeSpan } from '@sequitur/ssm';
import type { CausalConfig } from '@sequitur/transformer';

/** The config of a Mamba-2 language model (Dao and Gu 2024), with the variations of its Hugging Face class. */
export interface Mamba2Config extends CausalConfig {
  readonly vocabularySize: number;
  readonly width: number;
  readonly depth: number;
  /** Channels inside a mixer; default 2 x width. */
  readonly innerWidth?: number;
  /** N, state size per channel; default 128. */
  readonly stateSize?: number;
  /** P, channels per head; default 64. */
  readonly headSize?: number;
  /** Number of groups of heads that share input and output matrices; default 1. */
  readonly groups?: number;
  /** Kernel size of the short convolution; default 4. */
  readonly kernelSize?: number;
  /** Positions per matrix product; affects only the speed. Default 64. */
  readonly chunkLength?: number;
  /** Bounds to which step sizes are clamped; default 0 and infinity. */
  readonly stepLimit?: readonly [least: number, most: number];
  /** Whether the projections into and out of a mixer have biases; default false. */
  readonly bias?: boolean;
  /** Whether the convolution has a bias; default true. */
  readonly convolutionBias?: boolean;
  /** Activation of the convolution by its Hugging Face name; default `silu`. */
  readonly activation?: string;
  /** Epsilon of the norms; default 1e-5. */
  readonly normEpsilon?: number;
  /**
   * Group size of the norm inside a mixer. Default all channels, as in Hugging Face; the original code normalises each
   * group separately: innerWidth / groups.
   */
  readonly normGroupSize?: number;
  /** Whether the output projection is tied to the embeddings; default false. */
  readonly tied?: boolean;
  /** Range of the initial step sizes; default from 0.001 to 0.1. */
  readonly stepSpan?: StepSizeSpan;
}

export function resolveMamba2(config: Mamba2Config) {
  const innerWidth = config.innerWidth ?? 2 * config.width;
  const resolved = {
    stateSize: 128,
    headSize: 64,
    groups: 1,
    kernelSize: 4,
    chunkLength: 64,
    stepLimit: [0, Number.POSITIVE_INFINITY] as const,
    bias: false,
    convolutionBias: true,
    activation: 'silu',
    normEpsilon: 1e-5,
    normGroupSize: innerWidth,
    tied: false,
    ...config,
    innerWidth,
  };
  const heads = innerWidth / resolved.headSize;
  if (!Number.isInteger(heads) || heads % resolved.groups !== 0) {
    throw new SequiturError({
      where: 'Mamba-2 config',
      expected: 'a head size that divides the inner width, and groups that divide the heads',
      got: `inner width ${innerWidth}, head size ${resolved.headSize}, ${resolved.groups} groups`,
    });
  }
  return { ...resolved, heads };
}

const published = { vocabularySize: 50288, tied: true, startToken: 0, endToken: 0, paddingToken: 0 };

/** The published sizes, and a character model with about as many parameters as the one of GPT-2. */
export const mamba2Presets = {
  '130m': { ...published, width: 768, depth: 24 },
  '370m': { ...published, width: 1024, depth: 48 },
  '780m': { ...published, width: 1536, depth: 48 },
  '1.3b': { ...published, width: 2048, depth: 48 },
  '2.7b': { ...published, width: 2560, depth: 64 },
  character: { vocabularySize: 128, width: 128, depth: 7, stateSize: 32, headSize: 32, tied: true },
} as const satisfies Record<string, Mamba2Config>;
