import {
  both,
  causal,
  either,
  full,
  globalTokens,
  InfiniAttention,
  LinearAttention,
  randomBlocks,
  slidingWindow,
  strided,
  TransformerXlAttention,
} from '@sequitur/attention';
import type { SequenceMixer } from '@sequitur/core';
import { Mamba } from '@sequitur/mamba';
import { GruMixer, LstmMixer, MinGruMixer } from '@sequitur/recurrent';
import {
  GatedDeltaNetMixer,
  KimiDeltaMixer,
  Mamba2Mixer,
  Mamba3Mixer,
  MambaMixer,
  type MatrixStateOptions,
  MesaMixer,
  MlstmMixer,
  RgLruMixer,
  Rwkv7Mixer,
  S4dMixer,
} from '@sequitur/ssm';
import { RecurrentMemoryModel, SequenceToSequence, t5Family } from '@sequitur/transformer';
import type { Candidate, Shape } from './scaling/candidate.js';
import { attentionDecoder, block, decoder, languageModel, layers, rotaryAttention } from './scaling/decoder.js';
import { encoder } from './scaling/encoder.js';

/** Window of the local patterns, and segment length of the segmented models. */
const WINDOW = 64;

/**
 * The list of architectures that can be compared; no other file of this package names one. All others are matched to
 * the size of the first.
 */
export const candidates: readonly Candidate[] = [
  attentionDecoder('dense GPT', 'dense attention', () => causal()),
  attentionDecoder('sliding window', 'sparse attention', () => slidingWindow(WINDOW)),
  attentionDecoder('strided (Sparse Transformer)', 'sparse attention', ({ length }) => strided(rootOf(length))),
  attentionDecoder('Longformer style', 'sparse attention', () =>
    both(causal(), either(slidingWindow(WINDOW), globalTokens(4))),
  ),
  attentionDecoder('BigBird style', 'sparse attention', () =>
    both(causal(), either(slidingWindow(WINDOW), globalTokens(4), randomBlocks({ seed: 1, blockSize: 32, blocks: 1 }))),
  ),
  decoder({
    name: 'Transformer-XL',
    family: 'attention with memory',
    mixer: ({ width, heads }) =>
      new TransformerXlAttention({ width, heads, headSize: width / heads, memoryLength: WINDOW }),
  }),
  decoder({
    name: 'Infini-attention',
    family: 'attention with memory',
    mixer: ({ width, heads }) => new InfiniAttention({ width, heads, segmentLength: WINDOW }),
  }),
  decoder({
    name: 'linear attention',
    family: 'attention with memory',
    mixer: ({ width, heads }) => new LinearAttention({ width, heads }),
  }),
  {
    name: 'RMT',
    family: 'attention with memory',
    knob: 'feed-forward width',
    create: (shape, hiddenWidth) => ({ kind: 'causal', model: recurrentMemory(shape, hiddenWidth) }),
  },
  {
    name: 'Mamba',
    family: 'state space',
    knob: 'inner width',
    // A Mamba block has no feed-forward network, so twice as many blocks give the same depth (Gu and Dao 2023, section
    // 3.4).
    create: ({ vocabularySize, width, depth }, innerWidth) => ({
      kind: 'causal',
      model: new Mamba({ vocabularySize, width, depth: 2 * depth, innerWidth }),
    }),
  },
  decoder({
    name: 'Mamba-2',
    family: 'state space',
    mixer: mamba2Mixer,
  }),
  matrixStateDecoder('Gated DeltaNet', (sizes) => new GatedDeltaNetMixer(sizes)),
  matrixStateDecoder('Kimi delta attention', (sizes) => new KimiDeltaMixer(sizes)),
  matrixStateDecoder('RWKV-7', ({ width, heads }) => new Rwkv7Mixer({ width, heads })),
  matrixStateDecoder('mLSTM', (sizes) => new MlstmMixer(sizes)),
  matrixStateDecoder('Mamba-3', (sizes) => new Mamba3Mixer(sizes)),
  matrixStateDecoder('Mesa', (sizes) => new MesaMixer(sizes)),
  decoder({ name: 'RG-LRU', family: 'recurrent', mixer: ({ width, heads }) => new RgLruMixer({ width, heads }) }),
  decoder({
    name: 'S4D',
    family: 'state space',
    mixer: ({ width }) => new S4dMixer({ width, stateSize: 32 }),
  }),
  decoder({
    name: 'attention + Mamba',
    family: 'hybrid',
    mixer: (shape, layer) => (layer % 2 === 0 ? mambaMixer(shape) : rotaryAttention(shape, causal())),
  }),
  decoder({
    name: 'LSTM',
    family: 'recurrent',
    mixer: ({ width }) => new LstmMixer({ width }),
  }),
  decoder({
    name: 'GRU',
    family: 'recurrent',
    mixer: ({ width }) => new GruMixer({ width }),
  }),
  decoder({
    name: 'minGRU',
    family: 'recurrent',
    mixer: ({ width }) => new MinGruMixer({ width }),
  }),
  encoder('encoder (BERT style)', 'encoder', () => full()),
  encoder('sparse encoder (Longformer style)', 'encoder', () =>
    either(slidingWindow({ left: WINDOW / 2, right: WINDOW / 2 }), globalTokens(4)),
  ),
  {
    name: 'encoder-decoder (T5)',
    family: 'encoder-decoder',
    knob: 'feed-forward width',
    create: ({ vocabularySize, width, depth, heads }, hiddenWidth) => ({
      kind: 'sequenceToSequence',
      model: new SequenceToSequence(
        {
          ...{ vocabularySize, width, heads, headSize: width / heads, hiddenWidth },
          ...{ modelType: 't5', encoderDepth: Math.ceil(depth / 2), decoderDepth: Math.ceil(depth / 2) },
          ...{ decoderStartToken: 0, paddingToken: 0, endToken: 1 },
        },
        t5Family,
      ),
    }),
  },
];

/** The dense decoder, applied to segments that begin and end with memory tokens. */
function recurrentMemory(shape: Shape, hiddenWidth: number): RecurrentMemoryModel {
  const blocks = layers(shape).map(() => block(shape, hiddenWidth, rotaryAttention(shape, causal())));
  return new RecurrentMemoryModel(languageModel(shape, blocks), { memoryTokens: 8, segmentLength: WINDOW });
}

/** A decoder whose mixers keep a matrix for each head. */
function matrixStateDecoder(name: string, mixer: (sizes: MatrixStateOptions) => SequenceMixer): Candidate {
  const create = ({ width, heads }: Shape) => mixer({ width, heads, keySize: width / heads });
  return decoder({ name, family: 'state space', mixer: create });
}

function mamba2Mixer({ width }: Shape): Mamba2Mixer {
  return new Mamba2Mixer({
    ...{ width, innerWidth: 2 * width, stateSize: 16, headSize: 16, groups: 1, kernelSize: 4, chunkLength: 64 },
    ...{ stepLimit: [0, Number.POSITIVE_INFINITY], bias: false, convolutionBias: true, activation: 'silu' },
    ...{ normEpsilon: 1e-5, normGroupSize: 2 * width },
  });
}

function mambaMixer({ width }: Shape): MambaMixer {
  return new MambaMixer({
    ...{ width, innerWidth: 2 * width, stateSize: 16, kernelSize: 4, stepRank: Math.ceil(width / 16) },
    ...{ bias: false, convolutionBias: true, activation: 'silu' },
  });
}

/** Stride near the square root of the length, which minimizes the cost (Child et al. 2019, section 4.2). */
function rootOf(length: Shape['length']): number {
  return Math.max(1, Math.round(Math.sqrt(length)));
}
