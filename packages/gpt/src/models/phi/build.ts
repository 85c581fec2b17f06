import { LayerNorm } from '@sequitur/core';
import { type LanguageModelParts, SharedNormBlock } from '@sequitur/transformer';
import { buildLlamaLike } from '../llama/build.js';
import type { PhiConfig } from './config.js';

/** The parts of a Phi: parallel blocks with one norm, a plain feed-forward, biases everywhere. */
export function buildPhi(config: PhiConfig): LanguageModelParts {
  return buildLlamaLike(config, {
    ...{ inputBias: true, outputBias: true, feedForwardBias: true, headBias: true, gated: false },
    embeddingDropout: config.embeddingDropout,
    residualDropout: config.residualDropout,
    norm: (width, epsilon) => new LayerNorm(width, { epsilon }),
    ...(config.queryKeyNorm && {
      queryKeyNorm: (_heads: number, headSize: number, epsilon: number) => new LayerNorm(headSize, { epsilon }),
    }),
    arrange: ({ norm, ...sublayers }) => new SharedNormBlock({ ...sublayers, norm: norm() }),
  });
}
