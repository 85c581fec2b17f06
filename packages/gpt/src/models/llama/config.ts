import type { RotaryScaling } from '@sequitur/attention';
import type { GptConfig } from '../gpt-family.js';

/** The config of a Llama (Touvron et al. 2023) or a Llama-like model: Mistral, Qwen2, Gemma. */
export interface LlamaConfig extends GptConfig {
  readonly contextLength: number;
  readonly hiddenWidth: number;
  /** Key and value heads for grouped-query attention; default `heads`. */
  readonly keyHeads?: number;
  /** Size of a head; default width / heads. */
  readonly headSize?: number;
  /** Activation by its Hugging Face name; default `silu`. */
  readonly activation?: string;
  /** Epsilon of the norms; default 1e-6. */
  readonly normEpsilon?: number;
  /** Base of the rotary frequencies; default 10,000. */
  readonly rotaryBase?: number;
  readonly rotaryScaling?: RotaryScaling;
  /** Fraction of each head that is rotated; default 1. */
  readonly partialRotaryFactor?: number;
  /** Whether the output projection is tied to the embeddings; default false. */
  readonly tied?: boolean;
  readonly attentionDropout?: number;
  /** Standard deviation of the initial weights; default 0.02. */
  readonly initializerRange?: number;
}

/** The config of a decoder with layers like those of Llama; unbounded without a `contextLength`. */
export type DecoderConfig = Omit<LlamaConfig, 'contextLength'> & { readonly contextLength?: number };

/** Additional options of a Llama. */
export interface BiasedLlamaConfig extends LlamaConfig {
  /** Biases of the attention projections; default false. */
  readonly attentionBias?: boolean;
  /** Biases of the feed-forward layers; default false. */
  readonly feedForwardBias?: boolean;
}

/** Published sizes. */
export const llamaPresets = {
  '7b': { vocabularySize: 32000, contextLength: 2048, width: 4096, depth: 32, heads: 32, hiddenWidth: 11008 },
  '3.2-1b': {
    vocabularySize: 128256,
    contextLength: 131072,
    width: 2048,
    depth: 16,
    heads: 32,
    keyHeads: 8,
    headSize: 64,
    hiddenWidth: 8192,
    normEpsilon: 1e-5,
    rotaryBase: 500000,
    rotaryScaling: { kind: 'llama3', factor: 32, lowFrequencyFactor: 1, highFrequencyFactor: 4, trainedLength: 8192 },
    tied: true,
  },
  stories: {
    vocabularySize: 512,
    contextLength: 512,
    width: 64,
    depth: 5,
    heads: 8,
    keyHeads: 4,
    hiddenWidth: 172,
    normEpsilon: 1e-5,
    tied: true,
  },
} as const satisfies Record<string, BiasedLlamaConfig>;
