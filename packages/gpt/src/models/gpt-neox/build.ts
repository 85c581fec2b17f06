import type { LanguageModelParts } from '@sequitur/transformer';
import { parallel as inParallel, preNorm } from '../llama/arrangements.js';
import { buildLlamaLike, layerNorm } from '../llama/build.js';
import type { GptNeoxConfig } from './config.js';

/** The parts of a GPT-NeoX: parallel blocks, layer norms, a part of each head rotated, biases everywhere. */
export function buildGptNeox(config: GptNeoxConfig): LanguageModelParts {
  const { attentionBias: bias = true, parallel = true, hiddenDropout = 0 } = config;
  return buildLlamaLike(
    { activation: 'gelu', normEpsilon: 1e-5, partialRotaryFactor: 0.25, ...config },
    {
      ...{ inputBias: bias, outputBias: bias, feedForwardBias: true, gated: false, norm: layerNorm },
      ...{ fullyMasked: 'evenly', residualDropout: hiddenDropout },
      embedding: { dropout: hiddenDropout, padding: undefined },
      arrange: parallel ? inParallel : preNorm,
    },
  );
}
