import { Linear, normal, RmsNorm } from '@sequitur/core';
import { type LanguageModelParts, MixerBlock, TokenEmbedding } from '@sequitur/transformer';
import { type Mamba2Config, settleMamba2 } from './config.js';
import { Mamba2Mixer } from './mixer.js';

/** The parts of a Mamba-2 language model, in the order in which a token meets them. */
export function mamba2Parts(config: Mamba2Config): LanguageModelParts {
  const settled = settleMamba2(config);
  const { vocabularySize, width, depth, normEpsilon, tied } = settled;
  // Every block adds to the same stream: smaller first outputs keep its variance.
  const mixer = () => new Mamba2Mixer({ ...settled, outputScale: 1 / Math.sqrt(depth) });
  return {
    embedding: new TokenEmbedding({ vocabularySize, width }),
    blocks: Array.from(
      { length: depth },
      () => new MixerBlock({ norm: new RmsNorm(width, normEpsilon), mixer: mixer() }),
    ),
    norm: new RmsNorm(width, normEpsilon),
    ...(!tied && { head: new Linear(width, vocabularySize, { bias: false, initializer: normal(0.02) }) }),
  };
}
