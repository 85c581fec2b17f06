import type { LanguageModelParts } from '@sequitur/transformer';
import { parallel as inParallel, preNorm, sharedNorm } from '../llama/arrangements.js';
import { buildLlamaLike, layerNorm } from '../llama/build.js';
import type { FalconConfig } from './config.js';

/** The parts of a Falcon: parallel blocks, few key heads, a plain feed-forward. */
export function buildFalcon(config: FalconConfig): LanguageModelParts {
  const { bias = false, parallel = true, norms = 1 } = config;
  return buildLlamaLike(
    { activation: 'gelu', normEpsilon: 1e-5, ...config },
    {
      ...{ inputBias: bias, outputBias: bias, feedForwardBias: bias, gated: false, norm: layerNorm },
      residualDropout: config.residualDropout,
      arrange: parallel ? (norms === 2 ? inParallel : sharedNorm) : preNorm,
    },
  );
}
