import { type Architecture, type Cost, RmsNorm } from '@sequitur/core';
import { S4dMixer } from '@sequitur/ssm';
import { CausalStack, languageModelCost, MixerBlock, TokenEmbedding } from '@sequitur/transformer';

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
  create,
  cost: s4dCost,
};

function create({ vocabularySize, width, depth, stateSize = 64 }: S4dConfig): CausalStack {
  return new CausalStack({
    embedding: new TokenEmbedding({ vocabularySize, width }),
    blocks: Array.from(
      { length: depth },
      () => new MixerBlock({ norm: new RmsNorm(width, 1e-5), mixer: new S4dMixer({ width, stateSize }) }),
    ),
    norm: new RmsNorm(width, 1e-5),
  });
}

function s4dCost(config: S4dConfig, length: number): Cost {
  const { vocabularySize, width, depth, stateSize = 64 } = config;
  const mixer = 2 * width + 2 * stateSize * width + 2 * width * width + 2 * width;
  return {
    parameters: vocabularySize * width + depth * (mixer + width) + width,
    flops: languageModelCost(create(config), length).flops,
    stateBytes: depth * width * stateSize * 4,
  };
}
