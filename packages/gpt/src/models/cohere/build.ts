import { NoPositionalEncoding } from '@sequitur/attention';
import { LayerNorm } from '@sequitur/core';
import type { LanguageModelParts } from '@sequitur/transformer';
import { sharedNorm } from '../llama/arrangements.js';
import { buildLlamaLike, type LlamaVariation, rotaryOf } from '../llama/build.js';
import { PerHeadNorm } from '../per-head-norm.js';
import { isWindowedLayer, layerPatterns } from '../windowed-layers.js';
import type { CohereConfig } from './config.js';

/** The parts of a Command R: parallel blocks with one norm, rotation of neighbouring pairs, scaled logits. */
export function buildCohere(config: CohereConfig, variation: LlamaVariation = {}): LanguageModelParts {
  const { attentionBias: bias = false, logitScale = 0.0625, queryKeyNorm = false } = config;
  return buildLlamaLike(config, {
    ...{ inputBias: bias, outputBias: bias, logitScale },
    norm: (width, epsilon) => new LayerNorm(width, { epsilon, bias: false }),
    interleaved: true,
    ...(queryKeyNorm && { queryKeyNorm: (...sizes) => new PerHeadNorm(...sizes) }),
    arrange: sharedNorm,
    ...variation,
  });
}

/** The parts of a Command R7B: windowed layers are rotated, the others have no positional encoding. */
export function buildCohere2(config: CohereConfig): LanguageModelParts {
  const [rotary, none] = [rotaryOf(config, { interleaved: true }), new NoPositionalEncoding()];
  return buildCohere(config, {
    pattern: layerPatterns(config),
    positions: (layer) => (isWindowedLayer(config, layer) ? rotary : none),
  });
}
