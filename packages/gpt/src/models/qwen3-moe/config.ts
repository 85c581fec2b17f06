import type { QwenExpertConfig } from '../qwen2-moe/config.js';
import type { Qwen3Config } from '../qwen3/config.js';

/** The config of a Qwen3-MoE (Yang et al. 2025): a Qwen3 with experts. */
export interface Qwen3MoeConfig extends Qwen3Config, QwenExpertConfig {}

/** Published sizes. */
export const qwen3MoePresets = {
  '30b-a3b': {
    vocabularySize: 151936,
    contextLength: 40960,
    width: 2048,
    depth: 48,
    heads: 32,
    keyHeads: 4,
    headSize: 128,
    hiddenWidth: 6144,
    rotaryBase: 1000000,
    experts: 128,
    activeExperts: 8,
    expertWidth: 768,
    normalised: true,
  },
} as const satisfies Record<string, Qwen3MoeConfig>;
