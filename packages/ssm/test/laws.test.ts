import type { SequenceMixer } from '@sequitur/core';
import { mixerLaws } from '@sequitur/laws';
import {
  BidirectionalMixer,
  GatedConvolutionMixer,
  GatedDeltaNetMixer,
  KimiDeltaMixer,
  Mamba2Mixer,
  Mamba3Mixer,
  MambaMixer,
  MesaMixer,
  MlstmMixer,
  RgLruMixer,
  Rwkv7Mixer,
  S4dMixer,
} from '../src/index.js';

const common = { width: 8, kernelSize: 3, bias: true, convolutionBias: true, activation: 'silu' };

mixerLaws('Mamba mixer', () => new MambaMixer({ ...common, innerWidth: 12, stateSize: 3, stepRank: 2 }), {
  width: 8,
});

mixerLaws(
  'Mamba-2 mixer',
  () =>
    new Mamba2Mixer({
      ...{ ...common, bias: false }, // with a bias, that of padding at the beginning enters the convolution
      ...{
        innerWidth: 12,
        stateSize: 3,
        headSize: 3,
        groups: 2,
        chunkLength: 4,
        stepLimit: [0, Number.POSITIVE_INFINITY],
      },
      ...{ normEpsilon: 1e-5, normGroupSize: 6 },
    }),
  { width: 8 },
);

// A kernel that reaches the first of the positions that the laws read.
mixerLaws('gated convolution', () => new GatedConvolutionMixer({ width: 4, kernelSize: 12, bias: true }), {
  width: 4,
});

mixerLaws('S4D mixer', () => new S4dMixer({ width: 4, stateSize: 6 }), { width: 4 });
mixerLaws(
  'bidirectional Mamba mixer',
  () => {
    const mixer = () => new MambaMixer({ ...common, innerWidth: 6, stateSize: 2, stepRank: 1 });
    return new BidirectionalMixer(mixer(), mixer());
  },
  { width: 8, bidirectional: true },
);

mixerLaws(
  'gated DeltaNet',
  () => new GatedDeltaNetMixer({ width: 8, heads: 4, keyHeads: 2, keySize: 4, valueSize: 3 }),
  {
    width: 8,
  },
);

for (const [name, create] of Object.entries({
  mLSTM: () => new MlstmMixer({ width: 8, heads: 2, keySize: 4 }),
  Mesa: () => new MesaMixer({ width: 8, heads: 2, keySize: 4, valueSize: 3, solverSteps: 12 }),
  'Mamba-3': () => new Mamba3Mixer({ width: 8, heads: 2, keySize: 4, valueSize: 3 }),
  'RG-LRU': () => new RgLruMixer({ width: 8, heads: 2, kernelSize: 3 }),
})) {
  mixerLaws(name, create as () => SequenceMixer, { width: 8 });
}

// Keys of length 1 bend sharply where they are short before: these are long compared with the step of the differences.
mixerLaws('Kimi delta attention', () => new KimiDeltaMixer({ width: 16, heads: 2, keySize: 12, valueSize: 3 }), {
  width: 16,
  noise: 0.5,
});
mixerLaws('RWKV-7', () => new Rwkv7Mixer({ width: 8, heads: 2, rank: 3 }), { width: 8, noise: 0.5 });
