import { type Architecture, type Cost, RmsNorm, type SequenceMixer } from '@sequitur/core';
import { CausalStack, languageModelCost, MixerBlock, TokenEmbedding } from '@sequitur/transformer';
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

/** The counts by which the cost of the kinds differs. */
interface Kind {
  readonly name: string;
  /** Gates computed from the input, each as wide as the state. */
  readonly gates: number;
  /** Whether the state enters every gate. */
  readonly recurrent: boolean;
  /** Recurrent biases per element of the state. */
  readonly recurrentBiases: number;
  /** Saved values per element of the state. */
  readonly saved: number;
  mixer(options: RecurrentMixerOptions): SequenceMixer;
}

function architecture(kind: Kind, character: RecurrentConfig): Architecture<RecurrentConfig, 'causal'> {
  return {
    name: kind.name,
    kind: 'causal',
    presets: { character },
    create: (config) => create(kind, config),
    cost: (config, length) => costOf(kind, config, length),
  };
}

function create(kind: Kind, { vocabularySize, width, depth, hiddenWidth = width }: RecurrentConfig): CausalStack {
  return new CausalStack({
    embedding: new TokenEmbedding({ vocabularySize, width }),
    blocks: Array.from(
      { length: depth },
      () => new MixerBlock({ norm: new RmsNorm(width, 1e-5), mixer: kind.mixer({ width, hiddenWidth }) }),
    ),
    norm: new RmsNorm(width, 1e-5),
  });
}

function costOf(kind: Kind, config: RecurrentConfig, length: number): Cost {
  const { vocabularySize, width, depth, hiddenWidth = width } = config;
  const fromState = kind.recurrent ? kind.gates * hiddenWidth * hiddenWidth : 0;
  const products = kind.gates * width * hiddenWidth + fromState + hiddenWidth * width;
  const biases = (kind.gates + kind.recurrentBiases) * hiddenWidth + width;
  return {
    parameters: vocabularySize * width + depth * (products + biases + width) + width,
    flops: languageModelCost(create(kind, config), length).flops,
    stateBytes: depth * kind.saved * hiddenWidth * 4,
  };
}

const size = { vocabularySize: 128, width: 192 };

/** The LSTM architecture, for comparisons of architectures. */
export const lstmArchitecture = architecture(
  {
    ...{ name: 'lstm', gates: 4, recurrent: true, recurrentBiases: 0, saved: 2 },
    mixer: (options) => new LstmMixer(options),
  },
  { ...size, depth: 2 },
);

/** The GRU architecture, for comparisons of architectures. */
export const gruArchitecture = architecture(
  {
    ...{ name: 'gru', gates: 3, recurrent: true, recurrentBiases: 3, saved: 1 },
    mixer: (options) => new GruMixer(options),
  },
  { ...size, depth: 3 },
);

/** The minGRU architecture, for comparisons of architectures. */
export const minGruArchitecture = architecture(
  {
    ...{ name: 'min-gru', gates: 2, recurrent: false, recurrentBiases: 0, saved: 1 },
    mixer: (options) => new MinGruMixer(options),
  },
  { ...size, depth: 7 },
);
