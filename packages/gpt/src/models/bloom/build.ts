import { Alibi } from '@sequitur/attention';
import type { LanguageModelParts } from '@sequitur/transformer';
import { preNorm } from '../llama/arrangements.js';
import { buildLlamaLike, layerNorm } from '../llama/build.js';
import type { BloomConfig } from './config.js';
import { NormResidualBlock } from './norm-residual-block.js';

/** The parts of a Bloom: ALiBi, layer norms, one of them of the embedding, biases everywhere. */
export function buildBloom(config: BloomConfig): LanguageModelParts {
  const { width, heads, normEpsilon = 1e-5, tied = true, residualFromNorm = false } = config;
  const alibi = new Alibi(heads);
  return buildLlamaLike(
    { ...config, hiddenWidth: 4 * width, activation: 'gelu_pytorch_tanh', normEpsilon, tied },
    {
      ...{ inputBias: true, outputBias: true, feedForwardBias: true, gated: false, norm: layerNorm },
      embedding: { norm: layerNorm(width, normEpsilon), padding: undefined },
      positions: () => alibi,
      residualDropout: config.hiddenDropout,
      arrange: residualFromNorm
        ? ({ norm, ...parts }) => new NormResidualBlock({ ...parts, mixerNorm: norm(), feedForwardNorm: norm() })
        : preNorm,
    },
  );
}
