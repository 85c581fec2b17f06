import type { LlamaConfig } from '../llama/config.js';
import type { WindowedLayers } from '../windowed-layers.js';

/** The config of an OLMo 2 (Walsh et al. 2024), and with windows of an OLMo 3. */
export interface Olmo2Config extends LlamaConfig, WindowedLayers {
  /** Biases of all four projections of attention; default false. */
  readonly attentionBias?: boolean;
  /** Base of the rotary encoding in windowed layers, which is not scaled; default that of the others. */
  readonly localRotaryBase?: number;
}

/** Published sizes. */
export const olmo2Presets = {
  '1b': {
    vocabularySize: 100352,
    contextLength: 4096,
    width: 2048,
    depth: 16,
    heads: 16,
    hiddenWidth: 8192,
    rotaryBase: 500000,
  },
} as const satisfies Record<string, Olmo2Config>;
