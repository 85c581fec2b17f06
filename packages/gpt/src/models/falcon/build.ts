import { LayerNorm } from '@sequitur/core';
import { type LanguageModelParts, ParallelBlock, SharedNormBlock } from '@sequitur/transformer';
import { buildLlamaLike, preNorm, type Sublayers } from '../llama/build.js';
import type { FalconConfig } from './config.js';

/** The parts of a Falcon: parallel blocks, few key heads, a plain feed-forward. */
export function buildFalcon(config: FalconConfig): LanguageModelParts {
  const { bias = false, parallel = true, norms = 1 } = config;
  return buildLlamaLike(
    { activation: 'gelu', normEpsilon: 1e-5, ...config },
    {
      ...{ inputBias: bias, outputBias: bias, feedForwardBias: bias, gated: false },
      residualDropout: config.residualDropout,
      norm: (width, epsilon) => new LayerNorm(width, { epsilon }),
      arrange: parallel ? (norms === 2 ? twoNorms : oneNorm) : preNorm,
    },
  );
}

function twoNorms({ norm, ...sublayers }: Sublayers) {
  return new ParallelBlock({ ...sublayers, mixerNorm: norm(), feedForwardNorm: norm() });
}

function oneNorm({ norm, ...sublayers }: Sublayers) {
  return new SharedNormBlock({ ...sublayers, norm: norm() });
}
