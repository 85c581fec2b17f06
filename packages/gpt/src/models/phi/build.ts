import { LayerNorm } from '@sequitur/core';
import type { LanguageModelParts } from '@sequitur/transformer';
import { sharedNorm } from '../llama/arrangements.js';
import { buildLlamaLike, layerNorm } from '../llama/build.js';
import type { PhiConfig } from './config.js';

/** The parts of a Phi: parallel blocks with one norm, a plain feed-forward, biases everywhere. */
export function buildPhi(config: PhiConfig): LanguageModelParts {
  return buildLlamaLike(config, {
    ...{ inputBias: true, outputBias: true, feedForwardBias: true, headBias: true, gated: false, norm: layerNorm },
    embedding: { dropout: config.embeddingDropout ?? 0 },
    residualDropout: config.residualDropout,
    ...(config.queryKeyNorm && {
      queryKeyNorm: (_heads: number, headSize: number, epsilon: number) => new LayerNorm(headSize, { epsilon }),
    }),
    arrange: sharedNorm,
  });
}
