import type { ExpertConfig } from '../expert-layers.js';
import type { LlamaConfig } from '../llama/config.js';
import type { WindowedLayers } from '../windowed-layers.js';

/** The config of a GPT-OSS (OpenAI 2025). */
export interface GptOssConfig extends LlamaConfig, ExpertConfig, WindowedLayers {
  /** Biases of all four projections of attention; default true. */
  readonly attentionBias?: boolean;
}

/** The rotary scaling of the published models, and of configs without this attribute. */
export const gptOssScaling = {
  kind: 'yarn',
  factor: 32,
  trainedLength: 4096,
  fastTurns: 32,
  slowTurns: 1,
  truncate: false,
} as const;

/** Published sizes. */
export const gptOssPresets = {
  '20b': {
    vocabularySize: 201088,
    contextLength: 131072,
    width: 2880,
    depth: 24,
    heads: 64,
    keyHeads: 8,
    headSize: 64,
    hiddenWidth: 2880,
    normEpsilon: 1e-5,
    rotaryBase: 150000,
    rotaryScaling: gptOssScaling,
    window: 128,
    windowed: Array.from({ length: 24 }, (_, layer) => layer % 2 === 0),
    experts: 32,
    activeExperts: 4,
    balanceCoefficient: 0.9,
  },
} as const satisfies Record<string, GptOssConfig>;
