import type { StepSizeSpan } from '@sequitur/ssm';
import type { CausalConfig } from '@sequitur/transformer';

/** The config of a Mamba language model (Gu and Dao 2023), with the variations of its Hugging Face class. */
export interface MambaConfig extends CausalConfig {
  readonly vocabularySize: number;
  readonly width: number;
  readonly depth: number;
  /** Channels inside a mixer; default 2 x width. */
  readonly innerWidth?: number;
  /** N, state size per channel; default 16. */
  readonly stateSize?: number;
  /** Kernel size of the short convolution; default 4. */
  readonly kernelSize?: number;
  /** Rank of the step size projection; default width / 16, rounded up. */
  readonly stepRank?: number;
  /** Whether the projections into and out of a mixer have biases; default false. */
  readonly bias?: boolean;
  /** Whether the convolution has a bias; default true. */
  readonly convolutionBias?: boolean;
  /** Activation of the convolution and the gate by its Hugging Face name; default `silu`. */
  readonly activation?: string;
  /** Epsilon of the norms; default 1e-5. */
  readonly normEpsilon?: number;
  /** Epsilon of the norms of step sizes, input and output matrices; absent: they are not normalised. */
  readonly selectionEpsilon?: number;
  /** Whether the output projection is tied to the embeddings; default true. */
  readonly tied?: boolean;
  /** Range of the initial step sizes; default from 0.001 to 0.1. */
  readonly stepSpan?: StepSizeSpan;
}

/** The config with all defaults of a mixer filled in. */
export type ResolvedMambaConfig = MambaConfig & Required<Pick<MambaConfig, (typeof RESOLVED)[number]>>;

const RESOLVED = [
  ...(['innerWidth', 'stateSize', 'kernelSize', 'stepRank', 'bias', 'convolutionBias'] as const),
  ...(['activation', 'normEpsilon', 'tied'] as const),
] as const;

export function resolveMamba(config: MambaConfig): ResolvedMambaConfig {
  const { width } = config;
  return {
    innerWidth: 2 * width,
    stateSize: 16,
    kernelSize: 4,
    stepRank: Math.ceil(width / 16),
    bias: false,
    convolutionBias: true,
    activation: 'silu',
    normEpsilon: 1e-5,
    tied: true,
    ...config,
  };
}

const published = { vocabularySize: 50280, startToken: 0, endToken: 0, paddingToken: 0 };

/** The published sizes, and a character model with as many parameters as the one of GPT-2. */
export const mambaPresets = {
  '130m': { ...published, width: 768, depth: 24 },
  '370m': { ...published, width: 1024, depth: 48 },
  '790m': { ...published, width: 1536, depth: 48 },
  '1.4b': { ...published, width: 2048, depth: 48 },
  '2.8b': { ...published, width: 2560, depth: 64 },
  character: { vocabularySize: 128, width: 128, depth: 7 },
} as const satisfies Record<string, MambaConfig>;
