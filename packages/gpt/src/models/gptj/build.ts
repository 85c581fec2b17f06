import { Rotary } from '@sequitur/attention';
import type { LanguageModelParts } from '@sequitur/transformer';
import { sharedNorm } from '../llama/arrangements.js';
import { buildLlamaLike, layerNorm } from '../llama/build.js';
import type { GptJConfig } from './config.js';

/** The parts of a GPT-J: parallel blocks with one norm, rotation of neighbouring pairs, a head with bias. */
export function buildGptJ(config: GptJConfig): LanguageModelParts {
  const { width, heads, rotaryDimensions = 64, embeddingDropout: dropout = 0 } = config;
  const rotary = new Rotary({ headSize: width / heads, rotaryDimensions, interleaved: true });
  return buildLlamaLike(
    { activation: 'gelu_new', normEpsilon: 1e-5, ...config },
    {
      ...{ feedForwardBias: true, headBias: true, gated: false, norm: layerNorm, embedding: { dropout } },
      residualDropout: config.residualDropout,
      positions: () => rotary,
      arrange: sharedNorm,
    },
  );
}
