import type { Norm, SequenceMixer } from '@sequitur/core';
import {
  type Block,
  ParallelBlock,
  type PositionwiseLayer,
  PostNormBlock,
  PreNormBlock,
  SandwichNormBlock,
  SharedNormBlock,
} from '@sequitur/transformer';

/** The sublayers of a block, and a factory of norms of its width. */
export interface Sublayers {
  readonly mixer: SequenceMixer<never>;
  readonly feedForward: PositionwiseLayer;
  readonly norm: () => Norm;
  /** Dropout of the mixer's output; the feed-forward has its own. */
  readonly dropout: number;
}

/** Creates a block of sublayers and norms. */
export type Arrangement = (sublayers: Sublayers, block: number) => Block<never>;

/** Norms before both sublayers. */
export const preNorm: Arrangement = ({ norm, ...sublayers }) =>
  new PreNormBlock({ ...sublayers, mixerNorm: norm(), feedForwardNorm: norm() });

/** Norms after both sublayers and their residual connections. */
export const postNorm: Arrangement = ({ norm, ...sublayers }) =>
  new PostNormBlock({ ...sublayers, mixerNorm: norm(), feedForwardNorm: norm() });

/** Both sublayers read the block's input, each through a separate norm. */
export const parallel: Arrangement = ({ norm, ...sublayers }) =>
  new ParallelBlock({ ...sublayers, mixerNorm: norm(), feedForwardNorm: norm() });

/** Both sublayers read the block's input through one norm. */
export const sharedNorm: Arrangement = ({ norm, ...sublayers }) => new SharedNormBlock({ ...sublayers, norm: norm() });

/** Norms before and after both sublayers. */
export const normsAround: Arrangement = ({ mixer, feedForward, norm }) =>
  new SandwichNormBlock({
    ...{ mixer, feedForward, mixerNorm: norm(), mixerOutputNorm: norm() },
    ...{ feedForwardNorm: norm(), feedForwardOutputNorm: norm() },
  });
