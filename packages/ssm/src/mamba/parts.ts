import { Linear, normal, RmsNorm } from '@sequitur/core';
import { type LanguageModelParts, MixerBlock, TokenEmbedding } from '@sequitur/transformer';
import { type MambaConfig, settleMamba } from './config.js';
import { MambaMixer } from './mixer.js';

/** The parts of a Mamba language model, in the order in which a token meets them. */
export function mambaParts(config: MambaConfig): LanguageModelParts {
  const settled = settleMamba(config);
  const { vocabularySize, width, depth, normEpsilon, tied } = settled;
  // Every block adds to the same stream: smaller first outputs keep its variance.
  const mixer = () => new MambaMixer({ ...settled, outputScale: 1 / Math.sqrt(depth) });
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
