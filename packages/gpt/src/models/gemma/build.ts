import type { LanguageModelParts } from '@sequitur/transformer';
import { buildLlamaLike } from '../llama/build.js';
import { OffsetRmsNorm } from '../offset-rms-norm.js';
import type { GemmaConfig } from './config.js';

/** The parts of a Gemma: a Llama with large heads, scaled embeddings and norms whose weight is added to 1. */
export function buildGemma(config: GemmaConfig): LanguageModelParts {
  return buildLlamaLike(
    { activation: 'gelu_pytorch_tanh', ...config },
    {
      norm: (width, epsilon) => new OffsetRmsNorm(width, epsilon),
      inputBias: config.attentionBias ?? false,
      outputBias: config.attentionBias ?? false,
      embedding: { scale: Math.sqrt(config.width) },
    },
  );
}
