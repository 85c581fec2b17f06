import type { LanguageModelParts } from '@sequitur/transformer';
import { buildLlamaLike, type LlamaVariation } from '../llama/build.js';
import { layerPatterns } from '../windowed-layers.js';
import type { MistralConfig } from './config.js';

/** The parts of a Mistral: a Llama with sliding window attention, masked by `layerPatterns`. */
export function buildMistral(config: MistralConfig, variation: LlamaVariation = {}): LanguageModelParts {
  return buildLlamaLike(config, { pattern: layerPatterns(config), ...variation });
}
