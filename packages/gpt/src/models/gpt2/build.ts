import { NoPositionalEncoding } from '@sequitur/attention';
import { normal, SequiturError } from '@sequitur/core';
import type { LanguageModelParts } from '@sequitur/transformer';
import { buildLlamaLike, layerNorm } from '../llama/build.js';
import type { Gpt2Config } from './config.js';

/** The parts of a GPT-2: learned positions, layer norms, a plain feed-forward, biases everywhere. */
export function buildGpt2(config: Gpt2Config): LanguageModelParts {
  const { contextLength, width, depth, heads, hiddenWidth = 4 * width, tied = true, initializerRange = 0.02 } = config;
  if (width % heads !== 0) {
    const expected = 'a width that the number of heads divides';
    throw new SequiturError({ where: 'GPT-2 config', expected, got: `width ${width} and ${heads} heads` });
  }
  const none = new NoPositionalEncoding();
  const { scaleScores = true, scaleScoresByDepth = false } = config;
  const scale = scaleScores ? 1 / Math.sqrt(width / heads) : 1;
  return buildLlamaLike(
    { activation: 'gelu_new', normEpsilon: 1e-5, ...config, hiddenWidth, tied },
    {
      ...{ inputBias: true, outputBias: true, feedForwardBias: true, gated: false, norm: layerNorm },
      embedding: {
        ...{ learnedPositions: contextLength, dropout: config.embeddingDropout ?? 0 },
        ...{ initializer: normal(0.02), padding: undefined },
      },
      positions: () => none,
      scale: (block) => scale / (scaleScoresByDepth ? block + 1 : 1),
      fullyMasked: 'evenly',
      residualDropout: config.residualDropout,
      // Each block adds to the residual stream twice: smaller initial outputs keep its variance (Radford et al. 2019,
      // section 2.3).
      outputRange: initializerRange / Math.sqrt(2 * depth),
    },
  );
}
