import { RmsNorm } from '@sequitur/core';
import { S4dMixer } from '@sequitur/ssm';
import { type LanguageModelParts, MixerBlock, TokenEmbedding } from '@sequitur/transformer';
import type { S4dConfig } from './config.js';

/** The parts of a language model of S4D mixers. */
export function buildS4d({ vocabularySize, width, depth, stateSize = 64 }: S4dConfig): LanguageModelParts {
  return {
    embedding: new TokenEmbedding({ vocabularySize, width }),
    blocks: Array.from(
      { length: depth },
      () => new MixerBlock({ norm: new RmsNorm(width, 1e-5), mixer: new S4dMixer({ width, stateSize }) }),
    ),
    norm: new RmsNorm(width, 1e-5),
  };
}
