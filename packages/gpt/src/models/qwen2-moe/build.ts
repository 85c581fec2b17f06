import { activationByName, GatedFeedForward, normal } from '@sequitur/core';
import type { LanguageModelParts } from '@sequitur/transformer';
import { balanceOf, expertsOf } from '../expert-layers.js';
import { buildQwen2 } from '../qwen2/build.js';
import type { Qwen2MoeConfig } from './config.js';

/** The parts of a Qwen2-MoE: a Qwen2 with routed experts and a gated shared expert. */
export function buildQwen2Moe(config: Qwen2MoeConfig): LanguageModelParts {
  const { sparse, expertWidth: hiddenWidth, normalised = false, inputBias = true } = config;
  return buildQwen2(config, {
    inputBias,
    feedForward: (layer) => {
      if (sparse?.[layer] === false) return undefined;
      return expertsOf(config, { hiddenWidth, normalised, shared: sharedExpert(config), sharedGate: true });
    },
    balance: balanceOf(config),
  });
}

function sharedExpert({ width, sharedWidth, activation = 'silu', initializerRange = 0.02 }: Qwen2MoeConfig) {
  const linear = { bias: false, initializer: normal(initializerRange) };
  const sizes = { width, hiddenWidth: sharedWidth, activation: activationByName(activation) };
  return new GatedFeedForward({ ...sizes, up: linear, down: linear });
}
