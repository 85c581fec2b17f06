import type { GemmaConfig } from '../gemma/config.js';
import type { WindowedLayers } from '../windowed-layers.js';

/** The config of a Gemma 2 (Gemma Team 2024, "Gemma 2"). */
export interface Gemma2Config extends GemmaConfig, WindowedLayers {
  /** Divisor of the scores, by its square root; default 256. */
  readonly queryScalar?: number;
  /** Soft caps of the scores and of the logits; absent: none. */
  readonly scoreSoftCap?: number;
  readonly logitSoftCap?: number;
}

/** Published sizes. */
export const gemma2Presets = {
  '2b': {
    vocabularySize: 256000,
    contextLength: 8192,
    width: 2304,
    depth: 26,
    heads: 8,
    keyHeads: 4,
    headSize: 256,
    hiddenWidth: 9216,
    activation: 'gelu_pytorch_tanh',
    tied: true,
    window: 4096,
    windowed: Array.from({ length: 26 }, (_, layer) => layer % 2 === 0),
    scoreSoftCap: 50,
    logitSoftCap: 30,
  },
} as const satisfies Record<string, Gemma2Config>;
