import type { Gemma2Config } from '../gemma2/config.js';

/** The config of a Gemma 3 text model (Gemma Team 2025). */
export interface Gemma3Config extends Gemma2Config {
  /** Base of the rotary encoding in windowed layers, which is not scaled; default 10,000. */
  readonly localRotaryBase?: number;
}

/** Published sizes. */
export const gemma3Presets = {
  '270m': {
    vocabularySize: 262144,
    contextLength: 32768,
    width: 640,
    depth: 18,
    heads: 4,
    keyHeads: 1,
    headSize: 256,
    hiddenWidth: 2048,
    activation: 'gelu_pytorch_tanh',
    rotaryBase: 1000000,
    tied: true,
    window: 512,
    windowed: Array.from({ length: 18 }, (_, layer) => (layer + 1) % 6 !== 0),
  },
} as const satisfies Record<string, Gemma3Config>;
