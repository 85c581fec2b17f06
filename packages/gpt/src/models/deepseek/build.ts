import { LatentAttention } from '@sequitur/attention';
import { activationByName, GatedFeedForward, normal } from '@sequitur/core';
import type { LanguageModelParts } from '@sequitur/transformer';
import { expertsOf } from '../expert-layers.js';
import { buildLlamaLike, rotaryOf } from '../llama/build.js';
import type { DeepSeekConfig } from './config.js';

/** The parts of a DeepSeek: latent attention, routed and shared experts from `firstSparseLayer` on. */
export function buildDeepSeek(config: DeepSeekConfig): LanguageModelParts {
  const rotary = rotaryOf(config, { interleaved: config.interleaved ?? true });
  return buildLlamaLike(config, {
    positions: () => rotary,
    mixer: () => latentAttention(config, rotary),
    feedForward: (layer) => (layer < config.firstSparseLayer ? undefined : experts(config)),
  });
}

function latentAttention(config: DeepSeekConfig, positions: ReturnType<typeof rotaryOf>): LatentAttention {
  const { width, heads, latentSize, queryLatentSize, plainSize, headSize: rotarySize, valueSize } = config;
  return new LatentAttention({
    ...{ width, heads, latentSize, queryLatentSize, plainSize, rotarySize, valueSize, positions },
    scale: sharpness(config) / Math.sqrt(plainSize + rotarySize),
    dropout: config.attentionDropout ?? 0,
    linear: { bias: config.attentionBias ?? false, initializer: normal(config.initializerRange ?? 0.02) },
  });
}

/** YaRN's factor on the scores. */
function sharpness({ rotaryScaling, sharpening = 0 }: DeepSeekConfig): number {
  if (rotaryScaling?.kind !== 'yarn' || rotaryScaling.factor <= 1) return 1;
  return (0.1 * sharpening * Math.log(rotaryScaling.factor) + 1) ** 2;
}

function experts(config: DeepSeekConfig) {
  const { scoring, groups, normalised, routingScale: scale, expertWidth: hiddenWidth, sharedExperts } = config;
  const linear = { bias: false, initializer: normal(config.initializerRange ?? 0.02) };
  const shared = new GatedFeedForward({
    ...{ width: config.width, hiddenWidth: Math.max(sharedExperts, 1) * hiddenWidth, up: linear, down: linear },
    activation: activationByName(config.activation ?? 'silu'),
  });
  const choiceBias = scoring === 'sigmoid';
  return expertsOf(config, {
    ...{ hiddenWidth, scoring, groups, normalised, scale, choiceBias },
    ...(sharedExperts > 0 && { shared }),
  });
}
