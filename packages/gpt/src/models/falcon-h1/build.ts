import { activationByName, normal } from '@sequitur/core';
import { type LanguageModelParts, ParallelMixers } from '@sequitur/transformer';
import { buildLlamaLike } from '../llama/build.js';
import { mamba2Mixer } from '../mamba2-layers.js';
import type { FalconH1Config } from './config.js';
import { Factor, ScaledFeedForward } from './scaled-parts.js';

/** The parts of a Falcon-H1: attention and Mamba-2 side by side in every layer. */
export function buildFalconH1(config: FalconH1Config): LanguageModelParts {
  const { attentionBias: bias = false, keyScale = 1, attentionScales = [1, 1], scanScales = [1, 1] } = config;
  return buildLlamaLike(config, {
    ...{ inputBias: bias, outputBias: bias, embedding: { scale: config.embeddingScale ?? 1 } },
    ...(config.logitScale !== undefined && { logitScale: config.logitScale }),
    ...(keyScale !== 1 && { keyNorm: () => new Factor(keyScale) }),
    mixer: (_layer, attention) =>
      new ParallelMixers({
        attention: { mixer: attention(), inputScale: attentionScales[0], outputScale: attentionScales[1] },
        recurrence: { mixer: recurrenceOf(config, scanScales[0]), outputScale: scanScales[1] },
      }),
    feedForward: () => feedForwardOf(config),
  });
}

function recurrenceOf(config: FalconH1Config, inputScale: number) {
  const { scanNorm = 'none', innerWidth, groups = 1, projectionScales: scales } = config;
  return mamba2Mixer(config, {
    ...{ norm: scanNorm, normGroupSize: innerWidth / groups, inputScale },
    outputBias: config.scanOutputBias ?? false,
    ...(scales?.some((factor) => factor !== 1) && { projectionScales: scales }),
  });
}

function feedForwardOf(config: FalconH1Config) {
  const { width, hiddenWidth, activation = 'silu', initializerRange = 0.02, feedForwardScales = [1, 1] } = config;
  const linear = { bias: config.feedForwardBias ?? false, initializer: normal(initializerRange) };
  const options = { width, hiddenWidth, activation: activationByName(activation), up: linear, down: linear };
  return new ScaledFeedForward(options, feedForwardScales);
}
