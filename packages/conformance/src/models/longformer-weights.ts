import {
  add,
  concat,
  gather,
  mul,
  reshape,
  slice,
  type Tensor,
  type Tensor4D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { ModelInputs } from './model-under-test.js';

/** Sizes that determine the layout of a Longformer's attention weights. */
export interface LongformerShape {
  readonly window: number;
  /** Sequences are padded to a multiple of it. */
  readonly multiple: number;
}

/**
 * Weights [batch, heads, length, length] in Hugging Face's layout: from each token to the global tokens and its window,
 * [batch, heads, length, globals + window + 1], and from the global tokens to all, [batch, heads, padded, globals].
 */
export function longformerLayouts(
  weights: Tensor4D,
  { global_attention_mask: globals, attention_mask: mask }: ModelInputs,
  { window, multiple }: LongformerShape,
): { attentions: Tensor; globalAttentions: Tensor | null } {
  const [batch, , length] = weights.shape;
  const rows = Array.from({ length: batch }, (_, row) =>
    Array.from({ length }, (_, position) => position).filter(
      (position) => globals?.[row]?.[position] === 1 && (mask?.[row]?.[position] ?? 1) === 1,
    ),
  );
  const most = Math.max(...rows.map((positions) => positions.length));
  const perRow = (layout: (row: number) => Places) =>
    tidy(() =>
      concat(
        rows.map((_, row) => taken(weights, row, layout(row))),
        0,
      ),
    );
  const filled = Math.ceil(length / multiple) * multiple;
  return {
    attentions: perRow((row) => nearPlaces(rows[row]!, { length, most, window })),
    globalAttentions: most > 0 ? perRow((row) => farPlaces(rows[row]!, { length, most, filled })) : null,
  };
}

/** For each element of a layout [rows, columns], its query and key, or a constant. */
interface Places {
  readonly rows: number;
  readonly columns: number;
  at(row: number, column: number): readonly [query: number, key: number] | number;
}

/** The global keys, then the window without the global keys; zeros for global queries. */
function nearPlaces(globals: readonly number[], shape: { length: number; most: number; window: number }): Places {
  const { length, most, window } = shape;
  return {
    ...{ rows: length, columns: most + window + 1 },
    at: (query, column) => {
      if (globals.includes(query)) return 0;
      if (column < most) return column < globals.length ? [query, globals[column]!] : 0;
      const key = query - window / 2 + column - most;
      return key < 0 || key >= length || globals.includes(key) ? 0 : [query, key];
    },
  };
}

/** By key, then by global token; a row with fewer global tokens than another has equal weights in the extra columns. */
function farPlaces(globals: readonly number[], shape: { length: number; most: number; filled: number }): Places {
  const { length, most, filled } = shape;
  return {
    ...{ rows: filled, columns: most },
    at: (key, column) => (column >= globals.length ? 1 / filled : key < length ? [globals[column]!, key] : 0),
  };
}

function taken(weights: Tensor4D, row: number, { rows, columns, at }: Places): Tensor {
  const [, heads, length] = weights.shape;
  const places = Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns));
  const indices = places.map((place) => (typeof place === 'number' ? 0 : place[0] * length + place[1]));
  const kept = places.map((place) => (typeof place === 'number' ? 0 : 1));
  const constants = places.map((place) => (typeof place === 'number' ? place : 0));
  const own = reshape(slice(weights, [row, 0, 0, 0], [1, heads, length, length]), [heads, length * length]);
  const found = gather(own, tensor1d(indices, 'int32'), 1);
  return reshape(add(mul(found, tensor1d(kept)), tensor1d(constants)), [1, heads, rows, columns]);
}
