import { type Context, dropout, Embedding, type Initializer, LayerNorm, Module } from '@sequitur/core';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { expandDims, squeeze, tidy } from '@tensorflow/tfjs-core';

export interface DistanceVectorsOptions {
  readonly width: number;
  /** Rows to each side. */
  readonly span: number;
  /** Whether distances share rows, and up to which one they differ; absent: a row for each. */
  readonly buckets?: { readonly count: number; readonly maxDistance: number };
  /** Added to the variance where the vectors are normalised; absent: they are not. */
  readonly normEpsilon?: number;
  readonly initializer: Initializer;
  readonly dropout: number;
}

/** A vector for each distance of a query from a key, or for a bucket of distances, shared by all layers. */
export class DistanceVectors extends Module {
  readonly table: Embedding; // [2 * span, width]
  readonly norm: LayerNorm | null;
  readonly span: number;
  readonly #buckets: DistanceVectorsOptions['buckets'];
  readonly #dropout: number;

  constructor(options: DistanceVectorsOptions) {
    super();
    const { width, span, buckets, normEpsilon: epsilon, initializer } = options;
    this.table = new Embedding(2 * span, width, initializer);
    this.norm = epsilon === undefined ? null : new LayerNorm(width, { epsilon });
    this.span = span;
    this.#buckets = buckets;
    this.#dropout = options.dropout;
  }

  /** All vectors: [2 * span, width]. */
  vectors({ random }: Context): Tensor2D {
    return tidy(() => {
      const rows = this.table.weight.value as unknown as Tensor2D;
      const normed = expandDims(this.norm ? this.norm.apply(rows) : rows, 0) as Tensor3D;
      return squeeze(dropout(normed, this.#dropout, random), [0]) as Tensor2D;
    });
  }

  /** The row of the distance query - key. */
  rowOf(distance: number): number {
    const place = this.#buckets ? bucketOf(distance, this.#buckets) : distance;
    return Math.min(Math.max(place + this.span, 0), 2 * this.span - 1);
  }
}

/** Half of the buckets are single distances; the others grow with their logarithm. In float32, as in Python. */
function bucketOf(distance: number, { count, maxDistance }: { count: number; maxDistance: number }): number {
  const { fround, log } = Math;
  const single = Math.floor(count / 2);
  const size = Math.abs(distance);
  if (size <= single) return distance;
  const share = fround(fround(log(fround(size / single))) / fround(log(fround((maxDistance - 1) / single))));
  return Math.sign(distance) * (Math.ceil(fround(share * (single - 1))) + single);
}
