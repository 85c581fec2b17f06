import type { LanguageModelParts } from '@sequitur/transformer';
import { sharedNorm } from '../llama/arrangements.js';
import { buildLlamaLike, layerNorm } from '../llama/build.js';
import { PerHeadNorm } from '../per-head-norm.js';
import type { StableLmConfig } from './config.js';

/** The parts of a StableLM: layer norms, a part of each head rotated. */
export function buildStableLm(config: StableLmConfig): LanguageModelParts {
  const { attentionBias: inputBias = false, queryKeyNorm = false, parallel = false } = config;
  return buildLlamaLike(config, {
    ...{ inputBias, norm: layerNorm, residualDropout: config.hiddenDropout },
    ...(queryKeyNorm && { queryKeyNorm: (...sizes) => new PerHeadNorm(...sizes) }),
    ...(parallel && { arrange: sharedNorm }),
  });
}
