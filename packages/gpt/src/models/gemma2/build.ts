import type { LanguageModelParts } from '@sequitur/transformer';
import { normsAround } from '../llama/arrangements.js';
import { buildLlamaLike, type LlamaVariation } from '../llama/build.js';
import { OffsetRmsNorm } from '../offset-rms-norm.js';
import { layerPatterns } from '../windowed-layers.js';
import type { Gemma2Config } from './config.js';

/** The parts of a Gemma 2: norms around both sublayers, soft caps, and windows in every second layer. */
export function buildGemma2(config: Gemma2Config, variation: LlamaVariation = {}): LanguageModelParts {
  const { attentionBias: bias = false, queryScalar = 256 } = config;
  return buildLlamaLike(
    { activation: 'gelu_pytorch_tanh', ...config },
    {
      norm: (width, epsilon) => new OffsetRmsNorm(width, epsilon),
      inputBias: bias,
      outputBias: bias,
      embedding: { scale: Math.sqrt(config.width) },
      pattern: layerPatterns(config),
      scale: () => queryScalar ** -0.5,
      softCap: config.scoreSoftCap,
      logitSoftCap: config.logitSoftCap,
      arrange: normsAround,
      ...variation,
    },
  );
}
