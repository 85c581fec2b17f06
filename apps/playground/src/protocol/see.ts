import type { Command } from './messages.js';
import type { ModelRef } from './models.js';

/** One forward pass, opened up: all numbers are those that the model computed. */
export interface Seen {
  readonly tokens: readonly { readonly id: number; readonly text: string }[];
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly vocabularySize: number;
  /** [layer, head, query, key], row after row: how much each token takes of each before it. */
  readonly weights: Float32Array;
  /** The first numbers of each token's vector, where it enters and where it leaves. */
  readonly entering: readonly (readonly number[])[];
  readonly leaving: readonly (readonly number[])[];
  /** What comes next, the likeliest first, after each of the tokens. */
  readonly next: readonly (readonly { readonly text: string; readonly probability: number }[])[];
}

export interface SeeCommands {
  /** Reads a sentence with a model whose blocks are attention. */
  readonly 'see.read': Command<{ readonly ref: ModelRef; readonly text: string }, Seen>;
}
