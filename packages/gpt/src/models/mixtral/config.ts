import type { ExpertConfig } from '../expert-layers.js';
import type { MistralConfig } from '../mistral/config.js';

/** The config of a Mixtral (Jiang et al. 2024): a Mistral with experts. */
export interface MixtralConfig extends MistralConfig, ExpertConfig {}

/** Published sizes. */
export const mixtralPresets = {
  '8x7b': {
    vocabularySize: 32000,
    contextLength: 32768,
    width: 4096,
    depth: 32,
    heads: 32,
    keyHeads: 8,
    hiddenWidth: 14336,
    normEpsilon: 1e-5,
    rotaryBase: 1000000,
    experts: 8,
    activeExperts: 2,
  },
} as const satisfies Record<string, MixtralConfig>;
