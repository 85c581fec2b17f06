import { expectNumber, expectTensor, SequiturError, showShape } from '@sequitur/core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

export interface AttentionOptions {
  /** Multiplies the scores; default 1 / sqrt(headSize). */
  readonly scale?: number;
  /** How many of the keys count: a memory has room beyond them. Default all. */
  readonly keyLength?: number;
  /** The position of the first query among the keys; default keyLength - queries, so that the last sees all. */
  readonly offset?: number;
  /** A query sees no key beyond its own position; default true. */
  readonly causal?: boolean;
  /** A query sees only so many keys up to its own; default all. */
  readonly window?: number;
  /** float32 [batch, keyLength], 1 where the key is a real token and 0 where it is padding. */
  readonly visible?: Tensor | undefined;
  /** float32 that broadcasts to [batch, heads, queries, keyLength], added to the scores. */
  readonly bias?: Tensor | undefined;
  /** Share of the weights set to zero in training, and the seed that says which. */
  readonly dropout?: { readonly rate: number; readonly seed: number } | undefined;
}

/** The options with every number settled. */
export interface SettledOptions extends AttentionOptions {
  readonly scale: number;
  readonly keyLength: number;
  readonly offset: number;
  readonly causal: boolean;
}

/** Checks shapes against one another and fills in the defaults. */
export function settle(query: Tensor4D, key: Tensor4D, value: Tensor4D, options: AttentionOptions): SettledOptions {
  const [batch, queries, heads, headSize] = query.shape;
  const [, capacity, keyHeads] = key.shape;
  expectTensor('attention, query', query);
  expectTensor('attention, key', key, { shape: [batch, capacity, keyHeads, headSize] });
  expectTensor('attention, value', value, { shape: [batch, capacity, keyHeads, value.shape[3]] });
  if (heads % keyHeads !== 0) {
    throw new SequiturError({
      where: 'attention',
      expected: 'a number of query heads that the number of key heads divides',
      got: `query ${showShape(query.shape)} and key ${showShape(key.shape)}`,
    });
  }
  const { keyLength = capacity, causal = true } = options;
  const { scale = 1 / Math.sqrt(headSize), offset = keyLength - queries } = options;
  expectNumber('attention, keyLength', keyLength, `an integer from 1 to ${capacity}`, (n) => isCount(n, 1, capacity));
  const last = keyLength - queries;
  if (causal) expectNumber('attention, offset', offset, `an integer from 0 to ${last}`, (n) => isCount(n, 0, last));
  if (options.visible) expectTensor('attention, visible', options.visible, { shape: [batch, keyLength] });
  return { ...options, keyLength, offset, causal, scale };
}

function isCount(n: number, least: number, most: number): boolean {
  return Number.isInteger(n) && n >= least && n <= most;
}
