import type { RotaryScaling } from '@sequitur/attention';
import type { GptConfig } from '../../family.js';

/** The shape of a Llama (Touvron et al. 2023) and of the models built like it: Mistral, Qwen2, Gemma. */
export interface LlamaConfig extends GptConfig {
  readonly contextLength: number;
  readonly hiddenWidth: number;
  /** Default `heads`; fewer share keys and values. */
  readonly keyHeads?: number;
  /** Default width / heads. */
  readonly headSize?: number;
  /** A name as Hugging Face writes it; default `silu`. */
  readonly activation?: string;
  /** Default 1e-6. */
  readonly normEpsilon?: number;
  /** Default 10,000. */
  readonly rotaryBase?: number;
  readonly rotaryScaling?: RotaryScaling;
  /** Default false. */
  readonly tied?: boolean;
  readonly attentionDropout?: number;
  /** Deviation of the first weights; default 0.02. */
  readonly initializerRange?: number;
}

/** What a Llama may have beside. */
export interface BiasedLlamaConfig extends LlamaConfig {
  /** Of all four projections of attention; default false. */
  readonly attentionBias?: boolean;
  /** Of the feed-forward; default false. */
  readonly feedForwardBias?: boolean;
}

export interface MistralConfig extends LlamaConfig {
  /** Keys that a query sees, its own among them; absent: all before it. */
  readonly window?: number;
}

export interface Qwen2Config extends MistralConfig {
  /** Blocks before this one see all; default 0: all blocks have windows where `window` is given. */
  readonly firstWindowedBlock?: number;
}

export interface GemmaConfig extends LlamaConfig {
  readonly headSize: number;
  readonly attentionBias?: boolean;
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

export const mistralPresets = {
  '7b': {
    vocabularySize: 32000,
    contextLength: 32768,
    width: 4096,
    depth: 32,
    heads: 32,
    keyHeads: 8,
    hiddenWidth: 14336,
    normEpsilon: 1e-5,
    window: 4096,
  },
} as const satisfies Record<string, MistralConfig>;

export const qwen2Presets = {
  '0.5b': {
    vocabularySize: 151936,
    contextLength: 32768,
    width: 896,
    depth: 24,
    heads: 14,
    keyHeads: 2,
    hiddenWidth: 4864,
    rotaryBase: 1000000,
    tied: true,
  },
} as const satisfies Record<string, Qwen2Config>;

export const gemmaPresets = {
  '2b': {
    vocabularySize: 256000,
    contextLength: 8192,
    width: 2048,
    depth: 18,
    heads: 8,
    keyHeads: 1,
    headSize: 256,
    hiddenWidth: 16384,
    activation: 'gelu_pytorch_tanh',
    tied: true,
  },
} as const satisfies Record<string, GemmaConfig>;
