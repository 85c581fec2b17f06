import { expectNumber, expectTensor, SequiturError, showShape } from '@sequitur/core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { causal, type Evicted, expectPattern, type Pattern } from '../../patterns/index.js';
import type { ScoreBias } from './bias/score-bias.js';

export interface AttentionOptions {
  /** Factor on the scores; default 1 / sqrt(headSize). */
  readonly scale?: number | undefined;
  /** The attention pattern, or one for each head; default `causal()`. */
  readonly pattern?: Pattern | readonly Pattern[] | undefined;
  /** Number of valid keys: a KV cache has spare capacity after them. Default: all. */
  readonly keyLength?: number | undefined;
  /** The position of the first query in the sequence; by default the last query is at the last key. */
  readonly offset?: number | undefined;
  /** Positions that the KV cache evicted; later keys are shifted into their place. */
  readonly evicted?: Evicted | undefined;
  /** float32 [batch, keyLength], 1 where the key is a real token and 0 where it is padding. */
  readonly attentionMask?: Tensor | undefined;
  /** Packed sequences: a query attends only to keys of its own document. */
  readonly documents?: PackedDocuments | undefined;
  /** A bias that is added to the scores. */
  readonly bias?: ScoreBias | undefined;
  /** Scores s become cap tanh(s / cap) before the bias is added (Gemma Team 2024, section 2). */
  readonly softCap?: number | undefined;
  /** Dropout of the attention weights: its rate and its seed. */
  readonly dropout?: { readonly rate: number; readonly seed: number } | undefined;
  /**
   * The output of a fully masked query: `zeros`; the mean of the values that its pattern allows, padding included
   * (`evenly`); or the mean of `all` values. PyTorch models do one of the last two in rows of padding, since they mask
   * with a finite number instead of minus infinity. Default zeros.
   */
  readonly fullyMasked?: FullyMasked | undefined;
}

/** The document of each position, float32, counted from 1. */
export interface PackedDocuments {
  readonly ofQueries: Tensor; // [batch, queries]
  readonly ofKeys: Tensor; // [batch, keyLength]
}

const FULLY_MASKED = ['zeros', 'evenly', 'all'] as const;

export type FullyMasked = (typeof FULLY_MASKED)[number];

/** Options with all defaults filled in; plain data except for the tensors. */
export interface ResolvedOptions {
  readonly scale: number;
  readonly patterns: readonly Pattern[];
  readonly keyLength: number;
  readonly offset: number;
  readonly evicted?: Evicted | undefined;
  readonly softCap?: number | undefined;
  readonly dropout?: { readonly rate: number; readonly seed: number } | undefined;
  readonly fullyMasked: FullyMasked;
  /** Whether the bias gets gradients: not that of ALiBi. */
  readonly biasGradient: boolean;
}

/** Checks shapes against one another and fills in the defaults. */
export function resolve(query: Tensor4D, key: Tensor4D, value: Tensor4D, options: AttentionOptions): ResolvedOptions {
  for (const [name, tensor] of Object.entries({ query, key, value })) expectByHead(name, tensor);
  const [batch, queries, heads, headSize] = query.shape;
  const [, capacity, keyHeads] = key.shape;
  expectTensor('attention, key', key, { shape: [batch, capacity, keyHeads, headSize] });
  expectTensor('attention, value', value, { shape: [batch, capacity, keyHeads, value.shape[3]] });
  if (heads % keyHeads !== 0) {
    throw new SequiturError({
      where: 'attention',
      expected: 'query heads that are a multiple of the key heads',
      got: `query ${showShape(query.shape)} and key ${showShape(key.shape)}`,
    });
  }
  const {
    keyLength = capacity,
    pattern = causal(),
    evicted,
    softCap,
    dropout,
    attentionMask,
    fullyMasked = 'zeros',
  } = options;
  const { scale = 1 / Math.sqrt(headSize), offset = defaultOffset(keyLength, evicted, queries) } = options;
  const patterns = isOne(pattern) ? [pattern] : pattern;
  expectNumber('attention, keyLength', keyLength, `an integer from 1 to ${capacity}`, (n) => isCount(n, 1, capacity));
  if (options.offset !== undefined) {
    expectNumber('attention, offset', offset, 'an integer >= 0', (n) => isCount(n, 0, Number.MAX_SAFE_INTEGER));
  }
  expectNumber('attention, scale', scale, 'a finite number', Number.isFinite);
  expectFullyMasked(fullyMasked);
  if (evicted) expectEvicted(evicted, keyLength);
  if (softCap !== undefined) expectNumber('attention, softCap', softCap, 'a number above 0', (n) => n > 0);
  if (attentionMask) expectTensor('attention, attentionMask', attentionMask, { shape: [batch, keyLength] });
  if (options.documents) {
    const { ofQueries, ofKeys } = options.documents;
    expectTensor('attention, documents of queries', ofQueries, { shape: [batch, queries] });
    expectTensor('attention, documents of keys', ofKeys, { shape: [batch, keyLength] });
  }
  if (patterns.length !== 1 && patterns.length !== heads) {
    throw new SequiturError({
      where: 'attention, pattern',
      expected: `one pattern, or one for each of ${heads} heads`,
      got: `${patterns.length}`,
    });
  }
  for (const one of patterns) expectPattern('attention, pattern', one);
  if (dropout) expectDropout(dropout);
  return {
    ...{ scale, patterns, keyLength, offset, evicted, softCap, fullyMasked },
    biasGradient: options.bias?.kind !== 'alibi',
    dropout: dropout?.rate ? dropout : undefined,
  };
}

function expectByHead(name: string, tensor: Tensor): void {
  expectTensor(`attention, ${name}`, tensor);
  if (tensor.rank === 4) return;
  throw new SequiturError({
    where: `attention, ${name}`,
    expected: 'shape [batch, length, heads, size]',
    got: showShape(tensor.shape),
  });
}

function expectFullyMasked(fullyMasked: FullyMasked): void {
  if (FULLY_MASKED.includes(fullyMasked)) return;
  throw new SequiturError({
    where: 'attention, fullyMasked',
    expected: FULLY_MASKED.join(', '),
    got: String(fullyMasked),
  });
}

function expectEvicted({ from, count }: Evicted, keyLength: number): void {
  const [most, expected] = [Number.MAX_SAFE_INTEGER, `an integer from 0 to ${keyLength}`];
  expectNumber('attention, from of evicted', from, expected, (n) => isCount(n, 0, keyLength));
  expectNumber('attention, count of evicted', count, 'an integer >= 0', (n) => isCount(n, 0, most));
}

function expectDropout({ rate, seed }: { readonly rate: number; readonly seed: number }): void {
  expectNumber('attention, dropout rate', rate, 'a number in [0, 1)', (n) => n >= 0 && n < 1);
  expectNumber('attention, dropout seed', seed, 'an integer in [0, 2^32)', (n) => isCount(n, 0, 2 ** 32 - 1));
}

function defaultOffset(keyLength: number, evicted: Evicted | undefined, queries: number): number {
  return keyLength + (evicted?.count ?? 0) - queries;
}

function isOne(pattern: Pattern | readonly Pattern[]): pattern is Pattern {
  return !Array.isArray(pattern);
}

function isCount(n: number, least: number, most: number): boolean {
  return Number.isInteger(n) && n >= least && n <= most;
}
