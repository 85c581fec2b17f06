import type { BertConfig } from '../../config.js';

/** The config of a ModernBERT (Warner et al. 2024). */
export interface ModernBertConfig extends BertConfig {
  readonly hiddenWidth: number;
  /** Period of the layers with full attention, from the first on; the others attend to a window. */
  readonly fullEvery: number;
  /** Tokens of a window, half of them on each side. */
  readonly window: number;
  readonly rotaryBase: number;
  /** Base of the rotary frequencies in windowed layers; default `rotaryBase`. */
  readonly windowRotaryBase?: number;
  readonly attentionBias?: boolean;
  readonly feedForwardBias?: boolean;
  readonly normBias?: boolean;
  /** Whether the dense layer of the heads has a bias; default false. */
  readonly headBias?: boolean;
  readonly headActivation?: string;
  /** Whether the output projection of the masked language head has a bias; default true. */
  readonly scoreBias?: boolean;
  readonly pools?: 'first' | 'mean';
  readonly feedForwardDropout?: number;
}

const published = { modelType: 'modernbert', vocabularySize: 50368, contextLength: 8192, paddingToken: 50283 };
const rotary = { fullEvery: 3, window: 128, rotaryBase: 160000, windowRotaryBase: 10000, normEpsilon: 1e-5 };

/** Published sizes. */
export const modernBertPresets = {
  base: { ...published, ...rotary, width: 768, depth: 22, heads: 12, hiddenWidth: 1152 },
  large: { ...published, ...rotary, width: 1024, depth: 28, heads: 16, hiddenWidth: 2624 },
} as const satisfies Record<string, ModernBertConfig>;
