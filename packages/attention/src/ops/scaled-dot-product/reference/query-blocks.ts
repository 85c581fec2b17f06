import { slice, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import type { AttentionInputs } from './forward.js';

/** A range of neighbouring queries of a call. */
export interface QueryBlock {
  readonly start: number;
  readonly count: number;
}

/**
 * Splits the queries of a call into blocks of at most `mostScores` scores, unless one query alone has more; at least
 * one block.
 */
export function queryBlocks(query: Tensor4D, keyLength: number, mostScores: number): QueryBlock[] {
  const [batch, queries, heads] = query.shape;
  const rows = Math.max(1, Math.floor(mostScores / (batch * heads * keyLength)));
  return Array.from({ length: Math.max(1, Math.ceil(queries / rows)) }, (_, index) => {
    return { start: index * rows, count: Math.min(rows, queries - index * rows) };
  });
}

/** The inputs and options of one block of queries; the offset moves by `start`. */
export function ofBlock<Inputs extends Omit<AttentionInputs, 'value'>>(inputs: Inputs, block: QueryBlock): Inputs {
  const { query, documents, bias, relative } = inputs;
  const [, queries] = query.shape;
  const { start, count } = block;
  if (count === queries) return inputs;
  return {
    ...inputs,
    query: along(query, 1, block),
    ...(documents && { documents: along(documents, 1, block) }),
    ...(bias && { bias: bias.shape[2] === 1 ? bias : along(bias, 2, block) }),
    // Entries are ordered by query - key.
    ...(relative && { relative: along(relative, 1, { start, count: relative.shape[1]! - queries + count }) }),
  };
}

/** A range of neighbouring entries along an axis. */
export function along<T extends Tensor>(x: T, axis: number, { start, count }: QueryBlock): T {
  const begin = x.shape.map((_, index) => (index === axis ? start : 0));
  const size = x.shape.map((all, index) => (index === axis ? count : all));
  return slice(x, begin, size) as T;
}
