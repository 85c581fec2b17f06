import type { BiasedLlamaConfig } from '../llama/config.js';
import type { Mamba2LayerConfig } from '../mamba2-layers.js';

/** The config of a Bamba (Ganti et al. 2024): Mamba-2 layers between attention layers. */
export interface BambaConfig extends BiasedLlamaConfig, Mamba2LayerConfig {
  /** For each layer whether it is attention; the others are Mamba-2. */
  readonly attends: readonly boolean[];
}

/** Published sizes. */
export const bambaPresets = {
  '9b': {
    ...{ vocabularySize: 128256, contextLength: 262144, width: 4096, depth: 32, heads: 32, keyHeads: 8 },
    ...{ hiddenWidth: 14336, normEpsilon: 1e-5, partialRotaryFactor: 0.5 },
    ...{ innerWidth: 8192, stateSize: 128, scanHeadSize: 64 },
    attends: Array.from({ length: 32 }, (_, layer) => [9, 18, 27].includes(layer)),
  },
} as const satisfies Record<string, BambaConfig>;
