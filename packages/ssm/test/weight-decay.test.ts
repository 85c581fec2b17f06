import { type Module, parametersOf } from '@sequitur/core';
import { expect, it } from 'vitest';
import { Mamba2Mixer, MambaMixer, S4dMixer } from '../src/index.js';

const decaying = (module: Module) => [...parametersOf(module)].flatMap(([path, { decays }]) => (decays ? [path] : []));

const mamba = { width: 4, innerWidth: 8, stateSize: 2, kernelSize: 3, bias: false, convolutionBias: true };

// Weights of projections and convolutions decay; what sets the dynamics of a state space does not.
it.each<[string, Module, readonly string[]]>([
  ['S4D', new S4dMixer({ width: 4, stateSize: 4 }), ['output.weight']],
  [
    'Mamba',
    new MambaMixer({ ...mamba, stepRank: 1, activation: 'silu' }),
    ['input', 'convolution', 'selection', 'stepSize', 'output'].map((name) => `${name}.weight`),
  ],
  [
    'Mamba-2',
    new Mamba2Mixer({
      ...mamba,
      headSize: 4,
      groups: 1,
      chunkLength: 8,
      activation: 'silu',
      stepLimit: [0, 1],
      normEpsilon: 1e-5,
      normGroupSize: 8,
    }),
    ['input', 'convolution', 'output'].map((name) => `${name}.weight`),
  ],
])('%s: weight decay applies to projections alone', (_, mixer, expected) => {
  expect(decaying(mixer)).toEqual(expected);
});
