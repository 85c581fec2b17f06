import { causal, slidingWindow } from '@sequitur/attention';
import type { LanguageModelParts } from '@sequitur/transformer';
import { buildLlamaLike, type LlamaVariation } from '../llama/build.js';
import type { Qwen2Config } from './config.js';

/** The parts of a Qwen2: a Llama with biases of query, key and value, and optional windows in late blocks. */
export function buildQwen2(config: Qwen2Config, variation: LlamaVariation = {}): LanguageModelParts {
  const { window, firstWindowedBlock = 0 } = config;
  const pattern = (block: number) =>
    window === undefined || block < firstWindowedBlock ? causal() : slidingWindow({ left: window - 1, right: 0 });
  return buildLlamaLike(config, { inputBias: true, pattern, ...variation });
}
