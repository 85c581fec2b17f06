import {
  abs,
  add,
  concat,
  cumsum,
  mul,
  neg,
  reshape,
  slice,
  sub,
  sum,
  type Tensor,
  tensor1d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';

/** The positions of a call's keys in their sequence. */
export interface KeyPlaces {
  /** float32 [batch, keys]: only real tokens are counted, and padding gets 0. */
  readonly attentionMask?: Tensor | undefined;
  /** Positions of the keys, which skip evicted ones. May be omitted with `attentionMask`; then no key was evicted. */
  readonly positions?: readonly number[];
}

/** The positions of the queries of a call: the first one is `offset`; the cache has evicted earlier positions. */
export interface QueryPlaces {
  readonly queries: number;
  readonly offset: number;
  readonly evicted: number;
}

/**
 * The ALiBi bias of causal queries: slope × position of the key, which differs from slope × negative distance by a
 * constant per query: float32 [batch, heads, 1, keys], batch 1 where `attentionMask` is not given.
 *
 * @param slopes one for each head
 */
export function alibiValues(slopes: readonly number[], keys: KeyPlaces): Tensor {
  return tidy(() => {
    const counted = countedPositions(keys);
    const [batch, length] = counted.shape as [number, number];
    return mul(ofHeads(slopes), reshape(counted, [batch, 1, 1, length]));
  });
}

/** The ALiBi bias of bidirectional queries: -slope × distance, float32 [batch, heads, queries, keys]. */
export function symmetricAlibiValues(slopes: readonly number[], keys: KeyPlaces, places: QueryPlaces): Tensor {
  return tidy(() => {
    const counted = countedPositions(keys);
    const [batch, length] = counted.shape as [number, number];
    const ofQueries = reshape(positionsOfQueries(counted, keys, places), [batch, 1, places.queries, 1]);
    const distances = abs(sub(reshape(counted, [batch, 1, 1, length]), ofQueries));
    return mul(ofHeads(slopes), neg(distances));
  });
}

/** [batch or 1, keys] */
function countedPositions({ attentionMask, positions = [] }: KeyPlaces): Tensor {
  if (!attentionMask) return reshape(tensor1d([...positions]), [1, positions.length]);
  const skipped = positions.map((position, slot) => position - slot); // evicted keys count as real tokens
  const inOrder = skipped.length ? add(cumsum(attentionMask, 1), tensor1d(skipped)) : cumsum(attentionMask, 1);
  return mul(sub(inOrder, 1), attentionMask);
}

/** [batch or 1, queries]: the positions of the keys in the same slots, and consecutive ones after the last key. */
function positionsOfQueries(
  counted: Tensor,
  { attentionMask }: KeyPlaces,
  { queries, offset, evicted }: QueryPlaces,
): Tensor {
  if (!attentionMask) return reshape(countedFrom(offset, queries), [1, queries]);
  const [batch, keys] = counted.shape as [number, number];
  const first = offset - evicted;
  const [before, after] = [
    Math.min(queries, Math.max(0, -first)),
    Math.min(queries, Math.max(0, first + queries - keys)),
  ];
  const among = queries - before - after;
  const rows = (x: Tensor) => add(x, zeros([batch, 1]));
  const parts = [
    before && rows(reshape(countedFrom(first, before), [1, before])),
    among && slice(counted, [0, Math.max(0, first)], [batch, among]),
    after && add(sum(attentionMask, 1, true), reshape(countedFrom(Math.max(0, first - keys), after), [1, after])),
  ];
  return concat(
    parts.filter((part) => part !== 0),
    1,
  );
}

function countedFrom(first: number, count: number): Tensor {
  return tensor1d(Array.from({ length: count }, (_, index) => first + index));
}

/** [1, heads, 1, 1] */
function ofHeads(slopes: readonly number[]): Tensor {
  return reshape(tensor1d([...slopes]), [1, slopes.length, 1, 1]);
}
