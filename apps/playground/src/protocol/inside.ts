import type { Pattern } from '@sequitur/attention';
import type { Family } from '../architectures/index.js';
import type { Command } from './messages.js';
import type { ModelRef } from './models.js';

/** One text of the tokens that a model reads or writes. */
export interface SeenText {
  /** `text`; of a translator `source` and `target`. */
  readonly name: string;
  readonly tokens: readonly string[];
}

/** All heads of one attention layer: weights [heads, queries, keys], row after row. */
export interface AttentionMaps {
  /** `4`, `encoder 2`, `decoder 1, cross`. */
  readonly label: string;
  /** Indices of texts. */
  readonly queries: number;
  readonly keys: number;
  readonly heads: number;
  readonly weights: Float32Array;
  /** Mean over the heads [queries, keys]. */
  readonly mean: Float32Array;
  /** Roll-out up to this layer [queries, keys]; null if there are layers of another kind below. */
  readonly rollOut: Float32Array | null;
}

/** A block, and the pattern of its attention where it has one. */
export interface InsideBlock {
  readonly label: string;
  readonly name: string;
  readonly family: Family;
  readonly pattern: Pattern | null;
}

/** What a state space block does at every token. */
export interface StateSpaceView {
  readonly label: string;
  readonly name: string;
  /** Mean over channels or heads, one for each token; null where the block has no step sizes. */
  readonly stepSizes: Float32Array | null;
  /** Norm of the state after each token. */
  readonly norms: Float32Array | null;
  /** Implied attention [tokens, tokens], its size without sign, mean over heads. */
  readonly attention: Float32Array | null;
  /** Mean size of the impulse response by tokens ago, where it is the same for all texts. */
  readonly response: Float32Array | null;
}

/** What one block carries from segment to segment. */
export interface MemoryView {
  readonly label: string;
  readonly name: string;
  readonly family: Family;
  readonly bytes: number;
  /** Norm of the memory after each segment. */
  readonly norms: Float32Array;
  /** Share of the memory that each segment changed. */
  readonly changes: Float32Array;
  /** Cosine of the memory after one segment and after another [segments, segments]. */
  readonly likeness: Float32Array;
  /** The share of memory in what each head reads, where it has a gate. */
  readonly shares: Float32Array | null;
}

export interface Guess {
  readonly text: string;
  readonly probability: number;
}

/** What each layer would write next, if it were the last. */
export interface LogitLens {
  /** `embedding`, `1`, ..., the last one being the model's own answer. */
  readonly labels: readonly string[];
  /** [layer][token]: the most likely first. */
  readonly guesses: readonly (readonly (readonly Guess[])[])[];
  /** [layers, tokens]: the probability in each layer of the last layer's most likely token. */
  readonly agreement: Float32Array;
}

/** The residual stream, layer by layer; the first is the embedding. */
export interface ResidualStream {
  readonly labels: readonly string[];
  /** [layers, tokens] */
  readonly norms: Float32Array;
  /** [layers, tokens]: norm of what the layer added. */
  readonly added: Float32Array;
}

/** A model looked into, on one text. */
export interface Inside {
  readonly family: Family;
  readonly texts: readonly SeenText[];
  /** Number of omitted tokens at the beginning; 0 where all are shown. */
  readonly left: number;
  readonly blocks: readonly InsideBlock[];
  readonly maps: readonly AttentionMaps[];
  readonly stateSpaces: readonly StateSpaceView[];
  /** The tokens of each segment, and the memory of each block; null if no block has a memory. */
  readonly memory: { readonly segments: readonly string[]; readonly blocks: readonly MemoryView[] } | null;
  /** Bytes that attention keeps for each token, over all blocks. */
  readonly cacheBytesPerToken: number;
  readonly lens: LogitLens | null;
  readonly residual: ResidualStream | null;
}

/** One part of a pattern that is designed. */
export interface PatternPart {
  readonly name: string;
  readonly pattern: Pattern;
}

export interface PatternRequest {
  /** The whole, as attention gets it. */
  readonly pattern: Pattern;
  /** Its parts: a block is coloured by the first that sees it. */
  readonly parts: readonly PatternPart[];
  readonly length: number;
  readonly blockSize: number;
  readonly heads: number;
  readonly width: number;
}

export interface AttentionCost {
  readonly pairs: number;
  /** Operations of one layer, forward. */
  readonly flops: number;
  readonly cacheBytes: number;
}

/** What a pattern looks like, and what it costs. */
export interface PatternPicture {
  /** Blocks in a row. */
  readonly blocks: number;
  /** [blocks, blocks]: share of the pairs of a block that are visible. */
  readonly shares: Float32Array;
  /** [blocks, blocks]: index of the part that sees the block, or -1. */
  readonly reasons: Int8Array;
  readonly cost: AttentionCost;
  readonly dense: AttentionCost;
  /** Layers until the last token has heard of all before; null where it never does. */
  readonly layers: number | null;
  /** Queries that see nothing, not even themselves. */
  readonly blind: number;
}

export interface InsideCommands {
  readonly 'inside.read': Command<{ readonly ref: ModelRef; readonly text: string }, Inside>;
  readonly 'inside.pattern': Command<PatternRequest, PatternPicture>;
}
