import { causal, NoPositionalEncoding, slidingWindow } from '@sequitur/attention';
import type { LanguageModelParts } from '@sequitur/transformer';
import { buildLlamaLike, layerNorm } from '../llama/build.js';
import type { GptNeoConfig } from './config.js';

/** The parts of a GPT-Neo: a GPT-2 with windows in some blocks, unscaled scores, and biases of the outputs alone. */
export function buildGptNeo(config: GptNeoConfig): LanguageModelParts {
  const { contextLength, width, hiddenWidth = 4 * width, reaches, window = 256, tied = true } = config;
  const none = new NoPositionalEncoding();
  return buildLlamaLike(
    { activation: 'gelu_new', normEpsilon: 1e-5, ...config, depth: reaches.length, hiddenWidth, tied },
    {
      ...{ outputBias: true, feedForwardBias: true, gated: false, norm: layerNorm, fullyMasked: 'evenly' },
      embedding: { learnedPositions: contextLength, dropout: config.embeddingDropout ?? 0, padding: undefined },
      positions: () => none,
      pattern: (block) => (reaches[block] === 'local' ? slidingWindow({ left: window - 1, right: 0 }) : causal()),
      scale: () => 1,
      residualDropout: config.residualDropout,
    },
  );
}
