import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { embed } from '../../ops/embed/index.js';
import { quantizedEmbed } from '../../ops/quantized-embed/index.js';
import { quantizedLinear } from '../../ops/quantized-linear/index.js';
import { unembed } from '../../ops/unembed/index.js';
import { type Initializer, normal } from '../initializers.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';

export interface EmbeddingOptions {
  /** The id whose vector is initially zero and gets no gradient from lookups, `padding_idx` of PyTorch. */
  readonly padding?: number | undefined;
  /** Whether the table can be stored in 16, 8 or 4 bits; default true. */
  readonly quantizable?: boolean;
}

/** An embedding: a table with one vector for each id. */
export class Embedding extends Module {
  readonly weight: Parameter; // [count, width]
  readonly padding: number | null;

  constructor(
    count: number,
    width: number,
    initializer: Initializer = normal(0.02),
    { padding, quantizable = true }: EmbeddingOptions = {},
  ) {
    super();
    const drawn = padding === undefined ? initializer : cleared(initializer, padding);
    this.weight = new Parameter([count, width], drawn, { rowAxis: quantizable ? 0 : undefined });
    this.padding = padding ?? null;
  }

  /** ids int32 [...] -> [..., width]. */
  lookup(ids: Tensor): Tensor {
    const { quantized } = this.weight;
    return quantized
      ? quantizedEmbed(quantized, ids)
      : embed(this.weight.value as Tensor2D, ids, { padding: this.padding });
  }

  /** Unembedding, the tied output projection: x [..., width] -> x Eᵀ [..., count]. */
  scores<T extends Tensor>(x: T): T {
    const { quantized } = this.weight;
    return quantized ? (quantizedLinear(x, quantized, null) as T) : unembed(x, this.weight.value as Tensor2D);
  }
}

/** The initializer with one row of zeros. */
function cleared(initializer: Initializer, row: number): Initializer {
  return (shape, random) => {
    const width = shape.at(-1)!;
    return initializer(shape, random).fill(0, row * width, (row + 1) * width);
  };
}
