import {
  dropout,
  type MixContext,
  Module,
  type Norm,
  type SequenceMixer,
  type StateTree,
  within,
} from '@sequitur/core';
import { add, mul, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Block, PositionwiseLayer } from './block.js';

export interface SandwichNormParts<S extends StateTree> {
  readonly mixer: SequenceMixer<S>;
  readonly feedForward: PositionwiseLayer;
  /** Norms before the sublayers; absent: none. */
  readonly mixerNorm?: Norm;
  readonly feedForwardNorm?: Norm;
  /** Norms of the sublayers' outputs; absent: none. */
  readonly mixerOutputNorm?: Norm;
  readonly feedForwardOutputNorm?: Norm;
  /** Factor on what each sublayer adds; default 1. */
  readonly residualScale?: number;
  /** Dropout rate of the mixer's output; default 0. */
  readonly dropout?: number;
}

/**
 * A block whose sublayers may have a norm before and one after them (Ding et al. 2021, "CogView", section 2.4), each of
 * which is optional: Gemma 2 has both, OLMo 2 those after, Granite those before with scaled additions.
 *
 *     x ← x + s norm(mixer(norm(x)))
 *     x ← x + s norm(feedForward(norm(x)))
 */
export class SandwichNormBlock<S extends StateTree> extends Module implements Block<S> {
  readonly mixerNorm: Norm | null;
  readonly mixer: SequenceMixer<S>;
  readonly mixerOutputNorm: Norm | null;
  readonly feedForwardNorm: Norm | null;
  readonly feedForward: PositionwiseLayer;
  readonly feedForwardOutputNorm: Norm | null;
  readonly residualScale: number;
  readonly dropout: number;

  constructor(parts: SandwichNormParts<S>) {
    super();
    this.mixerNorm = parts.mixerNorm ?? null;
    this.mixer = parts.mixer;
    this.mixerOutputNorm = parts.mixerOutputNorm ?? null;
    this.feedForwardNorm = parts.feedForwardNorm ?? null;
    this.feedForward = parts.feedForward;
    this.feedForwardOutputNorm = parts.feedForwardOutputNorm ?? null;
    this.residualScale = parts.residualScale ?? 1;
    this.dropout = parts.dropout ?? 0;
  }

  initState(batchSize: number): S {
    return this.mixer.initState(batchSize);
  }

  apply(x: Tensor3D, state: S, context: MixContext): { output: Tensor3D; state: S } {
    const mixed = this.mixer.mix(normalised(x, this.mixerNorm), state, within(context, 'mixer'));
    const mixerOutput = normalised(dropout(mixed.output, this.dropout, context.random), this.mixerOutputNorm);
    const seen = this.#added(x, mixerOutput);
    const transformed = this.feedForward.apply(normalised(seen, this.feedForwardNorm), within(context, 'feedForward'));
    const output = this.#added(seen, normalised(transformed, this.feedForwardOutputNorm));
    context.observe?.('output', output);
    return { output, state: mixed.state };
  }

  #added(x: Tensor3D, change: Tensor3D): Tensor3D {
    return add(x, this.residualScale === 1 ? change : mul(change, this.residualScale)) as Tensor3D;
  }
}

function normalised(x: Tensor3D, norm: Norm | null): Tensor3D {
  return norm ? norm.apply(x) : x;
}
