import type { RotaryScaling } from '@sequitur/attention';
import type { GptConfig } from '../gpt-family.js';
import type { Mamba2LayerConfig } from '../mamba2-layers.js';

/** The config of a Zamba2 (Glorioso et al. 2024): Mamba-2 layers, some of which read a shared transformer block. */
export interface Zamba2Config extends GptConfig, Mamba2LayerConfig {
  readonly contextLength: number;
  readonly hiddenWidth: number;
  /** Key and value heads of attention; default `heads`. */
  readonly keyHeads?: number;
  /** For each layer whether it reads a shared block. */
  readonly hybrid: readonly boolean[];
  /** Number of shared blocks, which take turns; default 1. */
  readonly sharedBlocks?: number;
  /** Rank of the adapters of the shared blocks, separate for each layer; default 128. */
  readonly adapterRank?: number;
  /** Whether the projections of attention have adapters too; default false. */
  readonly attentionAdapters?: boolean;
  /** Whether queries and keys are rotated; default false. */
  readonly rotated?: boolean;
  /** Base of the rotary encoding; default 10,000. */
  readonly rotaryBase?: number;
  readonly rotaryScaling?: RotaryScaling;
  /** Activation of the feed-forward by its Hugging Face name; default `gelu`. */
  readonly activation?: string;
  /** Epsilon of the norms; default 1e-5. */
  readonly normEpsilon?: number;
  /** Whether the output projection is tied to the embeddings; default true. */
  readonly tied?: boolean;
  readonly attentionDropout?: number;
  /** Standard deviation of the initial weights; default 0.02. */
  readonly initializerRange?: number;
}

const isHybrid = (...layers: number[]) => ({
  hybrid: Array.from({ length: 54 }, (_, layer) => layers.includes(layer)),
});

/** Published sizes. */
export const zamba2Presets = {
  '2.7b': {
    ...{ vocabularySize: 32000, contextLength: 4096, width: 2560, depth: 54, heads: 32, hiddenWidth: 10240 },
    ...{ innerWidth: 5120, stateSize: 64, scanHeadSize: 64, sharedBlocks: 2, adapterRank: 128 },
    ...isHybrid(6, 12, 18, 24, 30, 36, 42, 47, 51),
  },
} as const satisfies Record<string, Zamba2Config>;
