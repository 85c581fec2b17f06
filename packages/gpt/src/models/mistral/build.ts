import { causal, slidingWindow } from '@sequitur/attention';
import type { LanguageModelParts } from '@sequitur/transformer';
import { buildLlamaLike } from '../llama/build.js';
import type { MistralConfig } from './config.js';

/** The parts of a Mistral: a Llama with a sliding window. */
export function buildMistral(config: MistralConfig): LanguageModelParts {
  const { window } = config;
  const pattern = () => (window === undefined ? causal() : slidingWindow({ left: window - 1, right: 0 }));
  return buildLlamaLike(config, { pattern });
}
