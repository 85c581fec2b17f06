import type { RotaryScaling } from '@sequitur/attention';
import type { GptConfig } from '../gpt-family.js';

/** The config of a GPT-NeoX (Black et al. 2022; Pythia, Biderman et al. 2023). */
export interface GptNeoxConfig extends GptConfig {
  readonly contextLength: number;
  readonly hiddenWidth: number;
  /** Activation by its Hugging Face name; default `gelu`. */
  readonly activation?: string;
  /** Epsilon of the norms; default 1e-5. */
  readonly normEpsilon?: number;
  /** The fraction of each head that is rotated; default 0.25. */
  readonly partialRotaryFactor?: number;
  /** Base of the rotary frequencies; default 10,000. */
  readonly rotaryBase?: number;
  readonly rotaryScaling?: RotaryScaling;
  /** Parallel residual: attention and feed-forward read the same input; default true. */
  readonly parallel?: boolean;
  /** Whether the projections of attention have biases; default true. */
  readonly attentionBias?: boolean;
  /** Whether the output projection is tied to the embeddings; default false. */
  readonly tied?: boolean;
  readonly attentionDropout?: number;
  readonly hiddenDropout?: number;
  /** Standard deviation of the initial weights; default 0.02. */
  readonly initializerRange?: number;
}

const published = { vocabularySize: 50304, contextLength: 2048 };

/** Sizes of the Pythia suite. */
export const gptNeoxPresets = {
  'pythia-70m': { ...published, width: 512, depth: 6, heads: 8, hiddenWidth: 2048 },
  'pythia-160m': { ...published, width: 768, depth: 12, heads: 12, hiddenWidth: 3072 },
  'pythia-410m': { ...published, width: 1024, depth: 24, heads: 16, hiddenWidth: 4096 },
} as const satisfies Record<string, GptNeoxConfig>;
