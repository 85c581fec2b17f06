import type { ExpertConfig } from '../expert-layers.js';
import type { Qwen2Config } from '../qwen2/config.js';

/** The config of the experts of a Qwen: their layers and width. */
export interface QwenExpertConfig extends ExpertConfig {
  /** Inner width of an expert. */
  readonly expertWidth: number;
  /** For each layer whether it has experts; default all. */
  readonly sparse?: readonly boolean[];
  /** Whether the weights of the chosen experts are divided by their sum; default false. */
  readonly normalised?: boolean;
}

/** The config of a Qwen1.5-MoE or Qwen2-MoE (Yang et al. 2024). */
export interface Qwen2MoeConfig extends Qwen2Config, QwenExpertConfig {
  /** Inner width of the expert that all tokens pass. */
  readonly sharedWidth: number;
  /** Biases of queries, keys and values; default true. */
  readonly inputBias?: boolean;
}

/** Published sizes. */
export const qwen2MoePresets = {
  '1.5-a2.7b': {
    vocabularySize: 151936,
    contextLength: 8192,
    width: 2048,
    depth: 24,
    heads: 16,
    hiddenWidth: 5632,
    rotaryBase: 1000000,
    experts: 60,
    activeExperts: 4,
    expertWidth: 1408,
    sharedWidth: 5632,
  },
} as const satisfies Record<string, Qwen2MoeConfig>;
