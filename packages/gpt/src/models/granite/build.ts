import { type LanguageModelParts, SandwichNormBlock } from '@sequitur/transformer';
import { buildLlamaLike, type LlamaVariation } from '../llama/build.js';
import type { GraniteConfig } from './config.js';

/** The parts of a Granite. */
export function buildGranite(config: GraniteConfig): LanguageModelParts {
  return buildLlamaLike(config, graniteVariation(config));
}

/** The variation of Granite from Llama: multipliers. */
export function graniteVariation(config: GraniteConfig): LlamaVariation {
  const { attentionBias: bias = false, feedForwardBias = false } = config;
  const { embeddingScale = 1, scoreScale = 1, residualScale = 1, logitDivisor = 1 } = config;
  return {
    ...{ inputBias: bias, outputBias: bias, feedForwardBias, embedding: { scale: embeddingScale } },
    scale: () => scoreScale,
    logitScale: 1 / logitDivisor,
    arrange: ({ mixer, feedForward, norm }) =>
      new SandwichNormBlock({ mixer, feedForward, mixerNorm: norm(), feedForwardNorm: norm(), residualScale }),
  };
}
