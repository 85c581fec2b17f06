import type { CausalModel, Encoder, Module, PartCost } from '@sequitur/core';
import type { EncoderDecoder } from '@sequitur/transformer';
import type { Tensor3D } from '@tensorflow/tfjs-core';

/** What all candidates of a comparison share. */
export interface Shape {
  readonly vocabularySize: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  /** Of the text that will come: patterns may depend on it, parameters must not. */
  readonly length: number;
}

/** A causal model that says what it costs. */
export interface CausalCandidateModel extends CausalModel {
  /** To read `length` tokens after `seen` others, with the last `logits` of them. */
  cost(length: number, seen?: number, logits?: number): PartCost;
}

export interface EncoderCandidateModel {
  readonly kind: 'encoder';
  readonly model: Encoder & Module;
  /** [batch, length, width] -> logits of each place's token [batch, length, vocabulary], to train it by. */
  readonly scores: (hidden: Tensor3D) => Tensor3D;
  /** Operations of the logits of a number of positions. */
  readonly scoreFlops: (length: number) => number;
}

export type CandidateModel =
  | { readonly kind: 'causal'; readonly model: CausalCandidateModel }
  | EncoderCandidateModel
  | { readonly kind: 'sequenceToSequence'; readonly model: EncoderDecoder };

/** An architecture that takes part in comparisons. */
export interface Candidate {
  readonly name: string;
  /** Which share a colour in pictures. */
  readonly family: Family;
  /** The size that is turned until candidates match: the model grows with it. */
  readonly knob: string;
  /** A model without values, whose knob stands at a positive integer. */
  create(shape: Shape, knob: number): CandidateModel;
}

/** In the order of legends. */
export const families = [
  'dense attention',
  'sparse attention',
  'attention with memory',
  'state space',
  'hybrid',
  'recurrent',
  'encoder',
  'encoder-decoder',
] as const;

export type Family = (typeof families)[number];
