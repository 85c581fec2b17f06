import { concat, slice, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { SettledOptions } from './options.js';
import { type AttentionInputs, weightsReference } from './reference.js';

type WeightInputs = Omit<AttentionInputs, 'value'>;

/** How many scores are worked on at once, unless one query has more. */
const MOST_SCORES = 2 ** 21;

/**
 * How much each query takes from each key, some queries at a time: beside the map itself nothing is as large as it.
 *
 * @returns [batch, heads, queries, keyLength]
 */
export function weightsByBlocks(inputs: WeightInputs, options: SettledOptions, mostScores = MOST_SCORES): Tensor4D {
  const [batch, queries, heads] = inputs.query.shape;
  const rows = Math.max(1, Math.floor(mostScores / (batch * heads * options.keyLength)));
  const weightsOf = (start: number) =>
    tidy(() => {
      const count = Math.min(rows, queries - start);
      return weightsReference(ofQueries(inputs, start, count), { ...options, offset: options.offset + start }).weights;
    });
  const parts = Array.from({ length: Math.max(1, Math.ceil(queries / rows)) }, (_, index) => weightsOf(index * rows));
  return parts.length === 1 ? parts[0]! : (concat(parts, 2) as Tensor4D);
}

/** What `count` queries from `start` on are scored by. */
function ofQueries(inputs: WeightInputs, start: number, count: number): WeightInputs {
  const { query, bias, relative } = inputs;
  const [, queries] = query.shape;
  if (count === queries) return inputs;
  return {
    ...inputs,
    query: along(query, 1, start, count) as Tensor4D,
    ...(bias && { bias: bias.shape[2] === 1 ? bias : along(bias, 2, start, count) }),
    // Entries are ordered by query - key.
    ...(relative && { relative: along(relative, 1, start, relative.shape[1]! - queries + count) }),
  };
}

function along(x: Tensor, axis: number, start: number, count: number): Tensor {
  const size = x.shape.map((all, index) => (index === axis ? count : all));
  return slice(
    x,
    x.shape.map((_, index) => (index === axis ? start : 0)),
    size,
  );
}
