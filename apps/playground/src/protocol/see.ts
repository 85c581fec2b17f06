import type { Command } from './messages.js';
import type { ModelRef } from './models.js';

/** Intermediate values of one forward pass, as computed by the model. */
export interface Seen {
  readonly tokens: readonly { readonly id: number; readonly text: string }[];
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly vocabularySize: number;
  /** Attention weights [layer, head, query, key], row-major. */
  readonly weights: Float32Array;
  /** The first elements of each token's vector, at the input and at the output. */
  readonly entering: readonly (readonly number[])[];
  readonly leaving: readonly (readonly number[])[];
  /** The next-token distribution after each token, most likely first. */
  readonly next: readonly (readonly { readonly text: string; readonly probability: number }[])[];
}

export interface SeeCommands {
  /** Reads a sentence with a model whose blocks are attention. */
  readonly 'see.read': Command<{ readonly ref: ModelRef; readonly text: string }, Seen>;
}
