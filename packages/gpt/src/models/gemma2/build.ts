import { type LanguageModelParts, SandwichNormBlock } from '@sequitur/transformer';
import { buildLlamaLike, type LlamaVariation, type Sublayers } from '../llama/build.js';
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
      embeddingScale: Math.sqrt(config.width),
      pattern: layerPatterns(config),
      scale: queryScalar ** -0.5,
      softCap: config.scoreSoftCap,
      logitSoftCap: config.logitSoftCap,
      arrange: normsAround,
      ...variation,
    },
  );
}

function normsAround({ mixer, feedForward, norm }: Sublayers) {
  return new SandwichNormBlock({
    ...{ mixer, feedForward },
    mixerNorm: norm(),
    mixerOutputNorm: norm(),
    feedForwardNorm: norm(),
    feedForwardOutputNorm: norm(),
  });
}
