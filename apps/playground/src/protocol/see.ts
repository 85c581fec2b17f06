import type { Family } from '../architectures/index.js';
import type { Command } from './messages.js';
import type { ModelRef } from './models.js';

/** One forward pass, opened up: all numbers are those that the model computed. */
export interface Seen {
  readonly tokens: readonly { readonly id: number; readonly text: string }[];
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly headSize: number;
  readonly hiddenWidth: number;
  readonly vocabularySize: number;
  /** [layer, head, query, key], row after row: how much each token takes of each before it. */
  readonly weights: ArrayLike<number>;
  /** The first numbers of each token's vector, where it enters and where it leaves. */
  readonly entering: readonly (readonly number[])[];
  readonly leaving: readonly (readonly number[])[];
  /** How far a pair of numbers is turned at each place, in radians: the fastest pair and a slow one. */
  readonly turns: readonly { readonly pair: number; readonly angles: readonly number[] }[];
  /** [layer][token]: the number of hidden units that carry nine tenths of the strength. */
  readonly busy: readonly (readonly number[])[];
  /** The next-token distribution after each token, most likely first. */
  readonly next: readonly (readonly { readonly text: string; readonly probability: number }[])[];
}

/** One head at work: the first numbers of its vectors, and all scores. */
export interface SeenHead {
  readonly queries: readonly (readonly number[])[];
  readonly keys: readonly (readonly number[])[];
  readonly values: readonly (readonly number[])[];
  /** Weighted sums of the values: what each token gets. */
  readonly sums: readonly (readonly number[])[];
  /** [query, key] before the softmax; of tokens to come as well, which the mask hides. */
  readonly scores: ArrayLike<number>;
  readonly ways: readonly Way[];
}

/** Another kind of state, computed from the same vectors. */
export interface Way {
  readonly name: 'attention' | 'window' | 'memory' | 'mamba';
  readonly family: Family;
  /** [query, key]: shares of what each token gets. */
  readonly weights: ArrayLike<number>;
  /** The number of layers of the window until the last token depends on the first. */
  readonly layers: number | null;
  /** Bytes of the state of all layers after `COST_LENGTH` tokens. */
  readonly stateBytes: number;
  /** Time to read grows with the length to this power. */
  readonly exponent: number;
}

/** Tokens that a window sees and that a segment has. */
export const WINDOW = 4;
/** Sequence length of the costs. */
export const COST_LENGTH = 16384;

interface SeeRequest {
  readonly ref: ModelRef;
  readonly text: string;
}

export interface SeeCommands {
  /** Reads a sentence with a model whose blocks are attention. */
  readonly 'see.read': Command<SeeRequest, Seen>;
  /** One head of one layer, counted from 0. */
  readonly 'see.head': Command<SeeRequest & { readonly layer: number; readonly head: number }, SeenHead>;
}
