import type { LanguageModelParts } from '@sequitur/transformer';
import { buildLlamaLike, layerNorm } from '../llama/build.js';
import { layerPatterns } from '../windowed-layers.js';
import type { Starcoder2Config } from './config.js';

/** The parts of a StarCoder 2: layer norms, a plain feed-forward, biases, windows. */
export function buildStarcoder2(config: Starcoder2Config): LanguageModelParts {
  const { bias = true } = config;
  return buildLlamaLike(config, {
    ...{ inputBias: bias, outputBias: bias, feedForwardBias: bias, gated: false, norm: layerNorm },
    embedding: { dropout: config.embeddingDropout ?? 0 },
    residualDropout: config.residualDropout,
    pattern: layerPatterns(config),
  });
}
