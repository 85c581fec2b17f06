import type { LlamaConfig } from '../llama/config.js';

/** The config of an LFM2 (Amini et al. 2025): short gated convolutions between attention layers. */
export interface Lfm2Config extends LlamaConfig {
  /** For each layer whether it is attention; the others are convolutions. */
  readonly attends: readonly boolean[];
  /** Kernel size of the short convolution; default 3. */
  readonly kernelSize?: number;
  /** Biases of the convolutions and their projections; default false. */
  readonly convolutionBias?: boolean;
}

/** Published sizes. */
export const lfm2Presets = {
  '350m': {
    vocabularySize: 65536,
    contextLength: 128000,
    width: 1024,
    depth: 16,
    heads: 16,
    keyHeads: 8,
    hiddenWidth: 4608,
    normEpsilon: 1e-5,
    rotaryBase: 1000000,
    tied: true,
    attends: Array.from({ length: 16 }, (_, layer) => [2, 5, 8, 10, 12, 14].includes(layer)),
  },
} as const satisfies Record<string, Lfm2Config>;
