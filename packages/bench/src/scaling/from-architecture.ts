import type { Architecture } from '@sequitur/core';
import type { Candidate, CandidateModel, Family, Shape } from './candidate.js';

interface Given<Config, Kind extends 'causal' | 'sequenceToSequence'> {
  readonly name: string;
  readonly family: Family;
  readonly knob: string;
  readonly architecture: Architecture<Config, Kind>;
  readonly configOf: (shape: Shape, knob: number) => Config;
}

/** An architecture of one of the packages as it is published, in a size of ours; its cost is what it declares itself. */
export function fromArchitecture<Config, Kind extends 'causal' | 'sequenceToSequence'>({
  architecture,
  configOf,
  ...described
}: Given<Config, Kind>): Candidate {
  const { kind } = architecture;
  return {
    ...described,
    create: (shape, knob) => ({ kind, model: architecture.create(configOf(shape, knob)) }) as CandidateModel,
    declared: (shape, knob) => {
      const { flops, stateBytes } = architecture.cost(configOf(shape, knob), shape.length);
      // What an encoder-decoder declares is for a source and a target: neither is a forward pass over one text.
      return kind === 'causal' ? { flops, stateBytes } : {};
    },
  };
}
