import type { ExpertConfig } from '../expert-layers.js';
import type { LlamaConfig } from '../llama/config.js';

/** The config of a Jamba (Lieber et al. 2024): Mamba and attention layers, experts in some of them. */
export interface JambaConfig extends LlamaConfig, ExpertConfig {
  /** For each layer whether it is attention; the others are Mamba. */
  readonly attends: readonly boolean[];
  /** For each layer whether it has experts. */
  readonly sparse: readonly boolean[];
  /** Channels inside a Mamba layer; default 2 x width. */
  readonly innerWidth?: number;
  /** N, state size per channel; default 16. */
  readonly stateSize?: number;
  /** Kernel size of the short convolution; default 4. */
  readonly kernelSize?: number;
  /** Rank of the step size projection; default width / 16, rounded up. */
  readonly stepRank?: number;
  /** Biases of the projections into and out of a Mamba layer; default false. */
  readonly projectionBias?: boolean;
  /** Whether the convolution has a bias; default true. */
  readonly convolutionBias?: boolean;
}

/** Every eighth layer is attention, from the fifth on; every second one has experts. */
const layersOf = (depth: number) => ({
  depth,
  attends: Array.from({ length: depth }, (_, layer) => layer % 8 === 4),
  sparse: Array.from({ length: depth }, (_, layer) => layer % 2 === 1),
});

/** Published sizes. */
export const jambaPresets = {
  'v0.1': {
    ...{ vocabularySize: 65536, contextLength: 262144, width: 4096, heads: 32, keyHeads: 8, hiddenWidth: 14336 },
    ...{ ...layersOf(32), experts: 16, activeExperts: 2 },
  },
} as const satisfies Record<string, JambaConfig>;
