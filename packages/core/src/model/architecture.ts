import type { CausalModel, Encoder, SequenceToSequenceModel } from './model.js';

/** What a model of some size needs to read a text of some length. */
export interface Cost {
  /** Trained numbers, tied ones counted once. */
  readonly parameters: number;
  /** Floating point operations of one forward pass over `length` tokens, a multiply-add counted as two. */
  readonly flops: number;
  /** Bytes of the state after `length` tokens, reserved room included. */
  readonly stateBytes: number;
}

/**
 * What a part of a model needs to read `length` tokens after `seen` others, every module within it counted, for a batch
 * of one. Operations are those of products, a multiply-add counted as two.
 */
export interface PartCost {
  readonly flops: number;
  /** Of the backward pass of a loss over what the part puts out. */
  readonly gradientFlops: number;
  /** Of a backward pass through its state alone, where nothing reads what it puts out; default as `gradientFlops`. */
  readonly stateGradientFlops?: number;
  /** Bytes of its state after these tokens, reserved room included. */
  readonly stateBytes: number;
}

/** A part that knows what it costs beyond its Linears read once by every token. */
export interface CostedPart {
  cost(length: number, seen?: number): PartCost;
}

interface ModelOfKind {
  readonly causal: CausalModel;
  readonly encoder: Encoder;
  readonly sequenceToSequence: SequenceToSequenceModel;
}

/**
 * An architecture as a value that can be listed, compared and passed about; nothing registers itself.
 *
 * @typeParam Config flat, readonly, plain JSON.
 */
export interface Architecture<Config, Kind extends keyof ModelOfKind = keyof ModelOfKind> {
  readonly name: string;
  readonly kind: Kind;
  /** Sizes known by name. */
  readonly presets: Readonly<Record<string, Config>>;
  /** A model without values: initialise it or load a checkpoint. */
  create(config: Config): ModelOfKind[Kind];
  /** For a batch of one. */
  cost(config: Config, length: number): Cost;
}
