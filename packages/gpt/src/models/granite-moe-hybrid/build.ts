import { NoPositionalEncoding } from '@sequitur/attention';
import { activationByName, GatedFeedForward, normal } from '@sequitur/core';
import type { LanguageModelParts } from '@sequitur/transformer';
import { balanceOf, expertsOf } from '../expert-layers.js';
import { graniteVariation } from '../granite/build.js';
import { buildLlamaLike } from '../llama/build.js';
import { mamba2Mixer } from '../mamba2-layers.js';
import type { GraniteMoeHybridConfig } from './config.js';

/** The parts of a Granite 4: Mamba-2 and attention layers, each with a shared feed-forward and with experts. */
export function buildGraniteMoeHybrid(config: GraniteMoeHybridConfig): LanguageModelParts {
  const { attends, rotated = false, experts, hiddenWidth } = config;
  const none = new NoPositionalEncoding();
  return buildLlamaLike(config, {
    ...graniteVariation(config),
    ...(!rotated && { positions: () => none }),
    mixer: (layer) => (attends[layer] ? undefined : mamba2Mixer(config)),
    feedForward: () => {
      const shared = sharedFeedForward(config);
      return experts > 0 ? expertsOf(config, { hiddenWidth, shared }) : shared;
    },
    ...(experts > 0 && { balance: balanceOf(config) }),
  });
}

function sharedFeedForward({ width, sharedWidth, activation, initializerRange = 0.02 }: GraniteMoeHybridConfig) {
  const linear = { bias: false, initializer: normal(initializerRange) };
  const sizes = { width, hiddenWidth: sharedWidth, activation: activationByName(activation ?? 'silu') };
  return new GatedFeedForward({ ...sizes, up: linear, down: linear });
}
