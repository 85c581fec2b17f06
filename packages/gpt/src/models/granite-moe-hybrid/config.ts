import type { ExpertConfig } from '../expert-layers.js';
import type { GraniteConfig } from '../granite/config.js';
import type { Mamba2LayerConfig } from '../mamba2-layers.js';

/**
 * The config of a Granite 4 (IBM 2025): Granite's multipliers over Mamba-2 and attention layers, with experts and a
 * shared feed-forward. `hiddenWidth` is the width of an expert.
 */
export interface GraniteMoeHybridConfig extends GraniteConfig, Mamba2LayerConfig, ExpertConfig {
  /** Number of experts; 0: the shared feed-forward alone. */
  readonly experts: number;
  /** Inner width of the feed-forward that all tokens pass. */
  readonly sharedWidth: number;
  /** For each layer whether it is attention; the others are Mamba-2. */
  readonly attends: readonly boolean[];
  /** Whether queries and keys are rotated (RoPE); default false. */
  readonly rotated?: boolean;
}

/** Published sizes. */
export const graniteMoeHybridPresets = {
  '4.0-h-350m': {
    ...{ vocabularySize: 100352, contextLength: 32768, width: 768, depth: 32, heads: 12, keyHeads: 4, tied: true },
    ...{ hiddenWidth: 2048, sharedWidth: 2048, experts: 0, activeExperts: 0, normEpsilon: 1e-5 },
    ...{ innerWidth: 1536, stateSize: 128, scanHeadSize: 32 },
    ...{ embeddingScale: 12, scoreScale: 0.015625, residualScale: 0.246, logitDivisor: 3 },
    attends: Array.from({ length: 32 }, (_, layer) => [10, 13, 17, 27].includes(layer)),
  },
} as const satisfies Record<string, GraniteMoeHybridConfig>;
