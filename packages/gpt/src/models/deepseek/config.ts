import type { ExpertGroups } from '@sequitur/transformer';
import type { ExpertConfig } from '../expert-layers.js';
import type { LlamaConfig } from '../llama/config.js';

/** The config of a DeepSeek-V2 or V3 (DeepSeek-AI 2024); `headSize` is the size of the rotated part of each head. */
export interface DeepSeekConfig extends LlamaConfig, ExpertConfig {
  readonly headSize: number;
  /** Size of the latent vector of keys and values. */
  readonly latentSize: number;
  /** Size of the latent vector of queries; absent: queries are projected from the input. */
  readonly queryLatentSize?: number;
  /** Size of the part of queries and keys without positions. */
  readonly plainSize: number;
  readonly valueSize: number;
  /** Biases of the projections to latent vectors and of the output; default false. */
  readonly attentionBias?: boolean;
  /** Whether pairs of neighbouring dimensions are rotated, instead of halves; default true. */
  readonly interleaved?: boolean;
  /** Coefficient c of YaRN's score factor (0.1 c ln(factor) + 1)² (`mscale_all_dim`); default 0: no factor. */
  readonly sharpening?: number;
  /** The first layer with experts; layers before it have a plain feed-forward. */
  readonly firstSparseLayer: number;
  readonly expertWidth: number;
  /** Number of shared experts, which all tokens pass; 0: none. */
  readonly sharedExperts: number;
  readonly scoring: 'softmax' | 'sigmoid';
  readonly groups?: ExpertGroups;
  /** Whether the weights of the chosen experts are divided by their sum. */
  readonly normalised: boolean;
  /** Factor on the weights of the chosen experts. */
  readonly routingScale: number;
}

/** Published sizes. */
export const deepSeekPresets = {
  'v2-lite': {
    ...{ vocabularySize: 102400, contextLength: 163840, width: 2048, depth: 27, heads: 16, hiddenWidth: 10944 },
    ...{ headSize: 64, latentSize: 512, plainSize: 128, valueSize: 128 },
    ...{ experts: 64, activeExperts: 6, expertWidth: 1408, sharedExperts: 2, firstSparseLayer: 1 },
    ...{ scoring: 'softmax', normalised: false, routingScale: 1 },
  },
  v3: {
    ...{ vocabularySize: 129280, contextLength: 163840, width: 7168, depth: 61, heads: 128, hiddenWidth: 18432 },
    ...{ headSize: 64, latentSize: 512, queryLatentSize: 1536, plainSize: 128, valueSize: 128 },
    ...{ experts: 256, activeExperts: 8, expertWidth: 2048, sharedExperts: 1, firstSparseLayer: 3 },
    ...{ scoring: 'sigmoid', normalised: true, routingScale: 2.5, groups: { count: 8, active: 4, by: 'twoBest' } },
  },
} as const satisfies Record<string, DeepSeekConfig>;
