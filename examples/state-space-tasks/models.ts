import { type CausalModel, initialize, type Module } from '@sequitur/core';
import { Mamba, s4dArchitecture } from '@sequitur/mamba';

interface CreateOptions {
  readonly vocabularySize: number;
  readonly seed: string;
}

/** A selective state space model and one without selection, with two layers and about equal parameter counts. */
export const models = {
  mamba: ({ vocabularySize, seed }: CreateOptions) =>
    Mamba.create({ vocabularySize, width: 64, depth: 2, stateSize: 8 }, { seed }),
  s4d: ({ vocabularySize, seed }: CreateOptions) =>
    initialize(s4dArchitecture.create({ vocabularySize, width: 92, depth: 2, stateSize: 64 }), seed),
} as const satisfies Record<string, (options: CreateOptions) => CausalModel & Module>;

export type ModelName = keyof typeof models;
