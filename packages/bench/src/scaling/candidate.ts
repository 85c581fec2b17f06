import type { CausalModel, Encoder, SequenceToSequenceModel } from '@sequitur/core';
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

/** What a candidate declares of itself for one text of the shape's length; a part it does not know is left out. */
export interface DeclaredCost {
  /** Products of a forward pass with all logits, a multiply-add counted as two. */
  readonly flops?: number;
  readonly stateBytes?: number;
}

export type CandidateModel =
  | { readonly kind: 'causal'; readonly model: CausalModel }
  | {
      readonly kind: 'encoder';
      readonly model: Encoder;
      /** [batch, length, width] -> logits of each place's token [batch, length, vocabulary], to train it by. */
      readonly scores: (hidden: Tensor3D) => Tensor3D;
    }
  | { readonly kind: 'sequenceToSequence'; readonly model: SequenceToSequenceModel };

/** An architecture that takes part in comparisons. */
export interface Candidate {
  readonly name: string;
  /** Which share a colour in pictures. */
  readonly family: Family;
  /** The size that is turned until candidates match: the model grows with it. */
  readonly knob: string;
  /** A model without values, whose knob stands at a positive integer. */
  create(shape: Shape, knob: number): CandidateModel;
  declared?(shape: Shape, knob: number): DeclaredCost;
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
