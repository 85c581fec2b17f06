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
// Small embeddings are bent sharply by the norms: central differences converge to the gradient with the square of their
// step, and are about 1.2 % off at that of the law.
architectureLaws(
  mamba2Architecture,
  { vocabularySize: 11, width: 8, depth: 2, stateSize: 3, headSize: 4, chunk: 4 },
  { gradientTolerance: 2e-2 },
);
architectureLaws(
  s4dArchitecture,
  { vocabularySize: 11, width: 6, depth: 2, stateSize: 4 },
  { gradientTolerance: 1e-2 },
);
mixerLaws('S4D mixer', () => new S4dMixer({ width: 4, stateSize: 6 }), { width: 4 });
mixerLaws(
  'bidirectional Mamba mixer',
  () => {
    const mixer = () => new MambaMixer({ ...common, innerWidth: 6, stateSize: 2, stepRank: 1 });
    return new BidirectionalMixer(mixer(), mixer());
  },
  { width: 8, bidirectional: true },
);
