import { type Architecture, type Cost, RmsNorm } from '@sequitur/core';
import { CausalStack, MixerBlock, TokenEmbedding } from '@sequitur/transformer';
import { S4dMixer } from './mixer.js';

/** The shape of a language model of S4D mixers; its head is the embedding table. */
export interface S4dConfig {
  readonly vocabularySize: number;
  readonly width: number;
  readonly depth: number;
  /** N, numbers remembered per channel, complex ones counted twice; default 64. */
  readonly stateSize?: number;
}

/** S4D as a value, for lists that compare architectures. */
export const s4dArchitecture: Architecture<S4dConfig, 'causal'> = {
  name: 's4d',
  kind: 'causal',
  presets: { character: { vocabularySize: 128, width: 192, depth: 8 } },
  create: ({ vocabularySize, width, depth, stateSize = 64 }) =>
    new CausalStack({
      embedding: new TokenEmbedding({ vocabularySize, width }),
      blocks: Array.from(
        { length: depth },
        () => new MixerBlock({ norm: new RmsNorm(width, 1e-5), mixer: new S4dMixer({ width, stateSize }) }),
      ),
      norm: new RmsNorm(width, 1e-5),
    }),
  cost: s4dCost,
};

/** Counts products: those inside a chunk of 64 positions, to and from the state, and the layer that mixes the channels. */
function s4dCost({ vocabularySize, width, depth, stateSize = 64 }: S4dConfig, length: number): Cost {
  const mixer = 2 * width + 2 * stateSize * width + 2 * width * width + 2 * width;
  const perToken =
    depth * (width * (Math.min(64, length) + 2 * stateSize) + 2 * width * width) + vocabularySize * width;
  return {
    parameters: vocabularySize * width + depth * (mixer + width) + width,
    flops: 2 * length * perToken,
    stateBytes: depth * width * stateSize * 4,
  };
}
