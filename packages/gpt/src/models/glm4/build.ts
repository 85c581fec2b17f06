import type { LanguageModelParts } from '@sequitur/transformer';
import { normsAround } from '../llama/arrangements.js';
import { buildLlamaLike, type LlamaVariation } from '../llama/build.js';
import type { GlmConfig } from './config.js';

/** The parts of the first GLM-4 models: rotation of neighbouring pairs in half of each head, biases of query, key and value. */
export function buildGlm(config: GlmConfig, variation: LlamaVariation = {}): LanguageModelParts {
  const { attentionBias: inputBias = true } = config;
  return buildLlamaLike(config, { inputBias, interleaved: true, ...variation });
}

/** The parts of a GLM-4-0414: norms around both sublayers. */
export function buildGlm4(config: GlmConfig): LanguageModelParts {
  return buildGlm(config, { arrange: normsAround });
}
