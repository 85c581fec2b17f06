import { normal, RmsNorm } from '@sequitur/core';
import { GatedConvolutionMixer } from '@sequitur/ssm';
import type { LanguageModelParts } from '@sequitur/transformer';
import { buildLlamaLike } from '../llama/build.js';
import type { Lfm2Config } from './config.js';

/** The parts of an LFM2: attention with norms of queries and keys in some layers, gated convolutions in the others. */
export function buildLfm2(config: Lfm2Config): LanguageModelParts {
  const { width, kernelSize = 3, convolutionBias: bias = false } = config;
  const initializer = normal(config.initializerRange ?? 0.02);
  return buildLlamaLike(config, {
    queryKeyNorm: (_heads, headSize, epsilon) => new RmsNorm(headSize, epsilon),
    mixer: (layer) =>
      config.attends[layer] ? undefined : new GatedConvolutionMixer({ width, kernelSize, bias, initializer }),
  });
}
