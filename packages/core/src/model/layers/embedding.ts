import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { embed } from '../../ops/embed/index.js';
import { unembed } from '../../ops/unembed/index.js';
import { type Initializer, normal } from '../initializers.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';

export interface EmbeddingOptions {
  /** The id whose vector is initially zero and gets no gradient from lookups, `padding_idx` of PyTorch. */
  readonly padding?: number | undefined;
}

/** An embedding: a table with one vector for each id. */
export class Embedding extends Module {
  readonly weight: Parameter; // [count, width]
  readonly padding: number | null;

  constructor(
    count: number,
    width: number,
    initializer: Initializer = normal(0.02),
    { padding }: EmbeddingOptions = {},
  ) {
    super();
    this.weight = new Parameter([count, width], padding === undefined ? initializer : cleared(initializer, padding));
    this.padding = padding ?? null;
  }

  /** ids int32 [...] -> [..., width]. */
  lookup(ids: Tensor): Tensor {
    return embed(this.weight.value as Tensor2D, ids, { padding: this.padding });
  }

  /** Unembedding, the tied output projection: x [batch, length, width] -> x Eᵀ [batch, length, count]. */
  scores(x: Tensor3D): Tensor3D {
    return unembed(x, this.weight.value as Tensor2D);
  }
}

/** The initializer with one row of zeros. */
function cleared(initializer: Initializer, row: number): Initializer {
  return (shape, random) => {
    const width = shape.at(-1)!;
    return initializer(shape, random).fill(0, row * width, (row + 1) * width);
  };
}
