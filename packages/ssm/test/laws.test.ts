import { architectureLaws, mixerLaws } from '@sequitur/laws';
import {
  BidirectionalMixer,
  Mamba2Mixer,
  MambaMixer,
  mamba2Architecture,
  mambaArchitecture,
  S4dMixer,
  s4dArchitecture,
} from '../src/index.js';

const common = { width: 8, kernelSize: 3, bias: true, convolutionBias: true, activation: 'silu' };

mixerLaws('Mamba mixer', () => new MambaMixer({ ...common, innerWidth: 12, stateSize: 3, stepRank: 2 }), { width: 8 });

mixerLaws(
  'Mamba-2 mixer',
  () =>
    new Mamba2Mixer({
      ...{ ...common, bias: false }, // with a bias padding enters the convolution, as in Hugging Face's class
      ...{ innerWidth: 12, stateSize: 3, headSize: 3, groups: 2, chunk: 4, stepLimit: [0, Number.POSITIVE_INFINITY] },
      ...{ normEpsilon: 1e-5, normGroupSize: 6 },
    }),
  { width: 8 },
);

architectureLaws(mambaArchitecture, { vocabularySize: 11, width: 8, depth: 2, stateSize: 3 });
// Norms bend short vectors sharply: wide embeddings are long beside the step of the differences, which then are right.
architectureLaws(mamba2Architecture, {
  ...{ vocabularySize: 11, width: 32, depth: 2 },
  ...{ innerWidth: 8, stateSize: 3, headSize: 4, chunk: 4 },
});
architectureLaws(s4dArchitecture, { vocabularySize: 11, width: 24, depth: 2, stateSize: 4 });
mixerLaws('S4D mixer', () => new S4dMixer({ width: 4, stateSize: 6 }), { width: 4 });
mixerLaws(
  'bidirectional Mamba mixer',
  () => {
    const mixer = () => new MambaMixer({ ...common, innerWidth: 6, stateSize: 2, stepRank: 1 });
    return new BidirectionalMixer(mixer(), mixer());
  },
  { width: 8, bidirectional: true },
);
