import type { LanguageModelParts } from '@sequitur/transformer';
import { balanceOf, expertsOf } from '../expert-layers.js';
import { buildQwen3 } from '../qwen3/build.js';
import type { Qwen3MoeConfig } from './config.js';

/** The parts of a Qwen3-MoE: a Qwen3 with experts in place of most feed-forwards. */
export function buildQwen3Moe(config: Qwen3MoeConfig): LanguageModelParts {
  const { sparse, expertWidth: hiddenWidth, normalised = false } = config;
  return buildQwen3(config, {
    feedForward: (layer) => (sparse?.[layer] === false ? undefined : expertsOf(config, { hiddenWidth, normalised })),
    balance: balanceOf(config),
  });
}
