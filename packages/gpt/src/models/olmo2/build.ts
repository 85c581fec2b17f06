import { RmsNorm } from '@sequitur/core';
import { type LanguageModelParts, SandwichNormBlock } from '@sequitur/transformer';
import { buildLlamaLike, rotaryOf } from '../llama/build.js';
import { isWindowedLayer, layerPatterns } from '../windowed-layers.js';
import type { Olmo2Config } from './config.js';

/** The parts of an OLMo 2: norms after the sublayers alone, and norms of queries and keys over all heads together. */
export function buildOlmo2(config: Olmo2Config): LanguageModelParts {
  const { attentionBias: bias = false, rotaryScaling: _, ...unscaled } = config;
  const whole = rotaryOf(config);
  const local = rotaryOf({ ...unscaled, ...(config.localRotaryBase && { rotaryBase: config.localRotaryBase }) });
  return buildLlamaLike(config, {
    inputBias: bias,
    outputBias: bias,
    pattern: layerPatterns(config),
    positions: (layer) => (isWindowedLayer(config, layer) ? local : whole),
    normSpan: 'heads',
    queryKeyNorm: (heads, headSize, epsilon) => new RmsNorm(heads * headSize, epsilon),
    arrange: ({ mixer, feedForward, norm }) =>
      new SandwichNormBlock({ mixer, feedForward, mixerOutputNorm: norm(), feedForwardOutputNorm: norm() }),
  });
}
