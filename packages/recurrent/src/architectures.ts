import { defineArchitecture, RmsNorm, type SequenceMixer } from '@sequitur/core';
import { CausalStack, MixerBlock, TokenEmbedding } from '@sequitur/transformer';
import { GruMixer } from './gru.js';
import { LstmMixer, type RecurrentMixerOptions } from './lstm.js';
import { MinGruMixer } from './min-gru.js';

/** The config of a recurrent language model with tied embeddings. */
export interface RecurrentConfig {
  readonly vocabularySize: number;
  readonly width: number;
  readonly depth: number;
  /** Size of the state of a mixer; default the width. */
  readonly hiddenWidth?: number;
}

type CreateMixer = (options: RecurrentMixerOptions) => SequenceMixer;

/**
 * An architecture of one kind of recurrent block.
 *
 * @param depth of the character model, which has about as many parameters as that of GPT-2
 */
function architecture(name: string, depth: number, createMixer: CreateMixer) {
  return defineArchitecture(
    'causal',
    { name, presets: { character: { vocabularySize: 128, width: 192, depth } } },
    (config: RecurrentConfig) => create(config, createMixer),
    (model, length) => model.cost(length),
  );
}

function create({ vocabularySize, width, depth, hiddenWidth = width }: RecurrentConfig, createMixer: CreateMixer) {
  return new CausalStack({
    embedding: new TokenEmbedding({ vocabularySize, width }),
    blocks: Array.from(
      { length: depth },
      () => new MixerBlock({ norm: new RmsNorm(width, 1e-5), mixer: createMixer({ width, hiddenWidth }) }),
    ),
    norm: new RmsNorm(width, 1e-5),
  });
}

/** A language model of LSTM blocks as an architecture, for comparisons. */
export const lstmArchitecture = architecture('lstm', 2, (options) => new LstmMixer(options));

/** A language model of GRU blocks as an architecture, for comparisons. */
export const gruArchitecture = architecture('gru', 3, (options) => new GruMixer(options));

/** A language model of minGRU blocks as an architecture, for comparisons. */
export const minGruArchitecture = architecture('min-gru', 7, (options) => new MinGruMixer(options));
