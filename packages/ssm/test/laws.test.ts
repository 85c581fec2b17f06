import { mixerLaws } from '@sequitur/laws';
import {
  BidirectionalMixer,
  GatedConvolutionMixer,
  GatedDeltaNetMixer,
  Mamba2Mixer,
  MambaMixer,
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
