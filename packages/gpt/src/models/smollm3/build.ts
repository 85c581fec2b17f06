import { NoPositionalEncoding } from '@sequitur/attention';
import type { LanguageModelParts } from '@sequitur/transformer';
import { buildLlamaLike, rotaryOf } from '../llama/build.js';
import { layerPatterns } from '../windowed-layers.js';
import type { SmolLm3Config } from './config.js';

/** The parts of a SmolLM3: a Llama with layers that have no positional encoding (NoPE). */
export function buildSmolLm3(config: SmolLm3Config): LanguageModelParts {
  const { attentionBias: bias = false, feedForwardBias = false, rotated } = config;
  const [rotary, none] = [rotaryOf(config), new NoPositionalEncoding()];
  return buildLlamaLike(config, {
    ...{ inputBias: bias, outputBias: bias, feedForwardBias },
    pattern: layerPatterns(config),
    positions: (layer) => ((rotated?.[layer] ?? isRotatedByDefault(layer)) ? rotary : none),
  });
}

/** Whether a layer is rotated by default: all but every fourth, or another interval. */
export function isRotatedByDefault(layer: number, interval = 4): boolean {
  return (layer + 1) % interval !== 0;
}
