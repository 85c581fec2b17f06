import { LayerNorm } from '@sequitur/core';
import { type LanguageModelParts, SharedNormBlock } from '@sequitur/transformer';
import { buildLlamaLike } from '../llama/build.js';
import { PerHeadNorm } from '../per-head-norm.js';
import type { StableLmConfig } from './config.js';

/** The parts of a StableLM: layer norms, a part of each head rotated. */
export function buildStableLm(config: StableLmConfig): LanguageModelParts {
  const { attentionBias: inputBias = false, queryKeyNorm = false, parallel = false } = config;
  return buildLlamaLike(config, {
    inputBias,
    norm: (width, epsilon) => new LayerNorm(width, { epsilon }),
    ...(queryKeyNorm && { queryKeyNorm: (...sizes) => new PerHeadNorm(...sizes) }),
    residualDropout: config.hiddenDropout,
    ...(parallel && { arrange: ({ norm, ...sublayers }) => new SharedNormBlock({ ...sublayers, norm: norm() }) }),
  });
}
