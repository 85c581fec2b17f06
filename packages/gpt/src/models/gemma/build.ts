import { Module, type Norm, Parameter, rmsNorm, zeros } from '@sequitur/core';
import type { LanguageModelParts } from '@sequitur/transformer';
import type { Tensor } from '@tensorflow/tfjs-core';
import { buildLlamaLike } from '../llama/build.js';
import type { GemmaConfig } from './config.js';

/** The parts of a Gemma: a Llama with large heads, scaled embeddings and norm weights offset by 1. */
export function buildGemma(config: GemmaConfig): LanguageModelParts {
  return buildLlamaLike(
    { activation: 'gelu_pytorch_tanh', ...config },
    {
      norm: (width, epsilon) => new OffsetRmsNorm(width, epsilon),
      inputBias: config.attentionBias ?? false,
      outputBias: config.attentionBias ?? false,
      embeddingScale: Math.sqrt(config.width),
    },
  );
}

/** Root mean square normalisation whose stored weight is offset by 1, so that it starts at zero. */
class OffsetRmsNorm extends Module implements Norm {
  readonly weight: Parameter; // [width]
  readonly epsilon: number;

  constructor(width: number, epsilon: number) {
    super();
    this.weight = new Parameter([width], zeros);
    this.epsilon = epsilon;
  }

  apply<T extends Tensor>(x: T): T {
    return rmsNorm(x, this.weight.value, this.epsilon, { weightOffset: 1 }) as T;
  }
}
