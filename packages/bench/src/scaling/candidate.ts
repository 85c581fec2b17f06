import type { CausalModel, Encoder, Module, PartCost } from '@sequitur/core';
import type { EncoderDecoder } from '@sequitur/transformer';
import type { Tensor3D } from '@tensorflow/tfjs-core';

/** Sizes that all candidates of a comparison share. */
export interface Shape {
  readonly vocabularySize: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  /** Sequence length: patterns may depend on it, parameters must not. */
  readonly length: number;
}

/** A causal model with a declared cost. */
export interface CausalCandidateModel extends CausalModel {
  /** Cost of reading `length` tokens after `seen` others, with logits at the last `logits` positions. */
  cost(length: number, seen?: number, logits?: number): PartCost;
}

export interface EncoderCandidateModel {
  readonly kind: 'encoder';
  readonly model: Encoder & Module;
  /** [batch, length, width] -> logits of each position's token, [batch, length, vocabulary], for training. */
  readonly scores: (hidden: Tensor3D) => Tensor3D;
  /** Operations for the logits of `length` positions. */
  readonly scoreFlops: (length: number) => number;
}

export type CandidateModel =
  | { readonly kind: 'causal'; readonly model: CausalCandidateModel }
  | EncoderCandidateModel
  | { readonly kind: 'sequenceToSequence'; readonly model: EncoderDecoder };

/** An architecture for comparison. */
export interface Candidate {
  readonly name: string;
  /** Family, which determines the colour in figures. */
  readonly family: Family;
  /** Name of the size that is varied to match candidates: the model grows with it. */
  readonly knob: string;
  /** Creates an uninitialized model for a positive integer value of the knob. */
  create(shape: Shape, knob: number): CandidateModel;
}

/** Families in the order of legends. */
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
