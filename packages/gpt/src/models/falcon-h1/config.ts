import type { BiasedLlamaConfig } from '../llama/config.js';
import type { Mamba2LayerConfig } from '../mamba2-layers.js';

/** The config of a Falcon-H1 (Zuo et al. 2025): attention and Mamba-2 side by side, with factors (default 1). */
export interface FalconH1Config extends BiasedLlamaConfig, Mamba2LayerConfig {
  /** The norm of a Mamba-2 layer after it is gated, before, or none (the default). */
  readonly scanNorm?: 'afterGate' | 'beforeGate' | 'none';
  /** Whether the projection out of a Mamba-2 layer has a bias; default false. */
  readonly scanOutputBias?: boolean;
  /** Factor on the token vectors. */
  readonly embeddingScale?: number;
  readonly logitScale?: number;
  /** Factor on the keys. */
  readonly keyScale?: number;
  /** Factors on the input and output of attention. */
  readonly attentionScales?: readonly [input: number, output: number];
  /** Factors on the input and output of Mamba-2. */
  readonly scanScales?: readonly [input: number, output: number];
  /** Factors on gate, signal, input matrix, output matrix and step sizes of Mamba-2. */
  readonly projectionScales?: readonly number[];
  /** Factors on the gate and the output of the feed-forward. */
  readonly feedForwardScales?: readonly [gate: number, output: number];
}

/** Published sizes. */
export const falconH1Presets = {
  '0.5b': {
    ...{ vocabularySize: 32784, contextLength: 16384, width: 1024, depth: 36, heads: 8, keyHeads: 2, headSize: 64 },
    ...{ hiddenWidth: 2048, normEpsilon: 1e-5, rotaryBase: 1e11 },
    ...{ innerWidth: 1536, stateSize: 128, scanHeadSize: 64, groups: 1, chunkLength: 128 },
  },
} as const satisfies Record<string, FalconH1Config>;
