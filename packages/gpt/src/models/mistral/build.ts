import { causal, slidingWindow } from '@sequitur/attention';
import type { LanguageModelParts } from '@sequitur/transformer';
import { buildLlamaLike, type LlamaVariation } from '../llama/build.js';
import type { MistralConfig } from './config.js';

/** The parts of a Mistral: a Llama whose queries see a window. */
export function buildMistral(config: MistralConfig, variation: LlamaVariation = {}): LanguageModelParts {
  const { window } = config;
  const pattern = () => (window === undefined ? causal() : slidingWindow({ left: window - 1, right: 0 }));
  return buildLlamaLike(config, { pattern, ...variation });
}
