import { RmsNorm } from '@sequitur/core';
import type { LanguageModelParts } from '@sequitur/transformer';
import { buildLlamaLike, type LlamaVariation } from '../llama/build.js';
import { layerPatterns } from '../windowed-layers.js';
import type { Qwen3Config } from './config.js';

/** The parts of a Qwen3: a Llama with norms of queries and keys in each head. */
export function buildQwen3(config: Qwen3Config, variation: LlamaVariation = {}): LanguageModelParts {
  const { attentionBias: bias = false } = config;
  return buildLlamaLike(config, {
    inputBias: bias,
    outputBias: bias,
    pattern: layerPatterns(config),
    queryKeyNorm: (_heads, headSize, epsilon) => new RmsNorm(headSize, epsilon),
    ...variation,
  });
}
