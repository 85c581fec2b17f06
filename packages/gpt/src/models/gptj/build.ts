import { Rotary } from '@sequitur/attention';
import { LayerNorm } from '@sequitur/core';
import { type LanguageModelParts, SharedNormBlock } from '@sequitur/transformer';
import { buildLlamaLike } from '../llama/build.js';
import type { GptJConfig } from './config.js';

/** The parts of a GPT-J: parallel blocks with one norm, rotation of neighbouring pairs, a head with bias. */
export function buildGptJ(config: GptJConfig): LanguageModelParts {
  const { width, heads, rotaryDimensions = 64 } = config;
  const rotary = new Rotary({ headSize: width / heads, rotaryDimensions, interleaved: true });
  return buildLlamaLike(
    { activation: 'gelu_new', normEpsilon: 1e-5, ...config },
    {
      ...{ feedForwardBias: true, headBias: true, gated: false },
      embeddingDropout: config.embeddingDropout,
      residualDropout: config.residualDropout,
      norm: (size, epsilon) => new LayerNorm(size, { epsilon }),
      positions: () => rotary,
      arrange: ({ norm, ...sublayers }) => new SharedNormBlock({ ...sublayers, norm: norm() }),
    },
  );
}
