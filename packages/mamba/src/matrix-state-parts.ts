import type { SequenceMixer, StateTree } from '@sequitur/core';
import { GatedDeltaNetMixer, type MatrixStateOptions } from '@sequitur/ssm';
import { blockAround, definePart, type FeedForwardOptions } from '@sequitur/transformer';

/** Options of a block whose mixer has a matrix state for each head. */
export interface MatrixStatePartOptions extends FeedForwardOptions {
  /** Number of heads; default 4. */
  readonly heads: number;
  /** Size of a head's query and key; default width / heads. */
  readonly keySize: number;
  /** Size of a head's value; default `keySize`. */
  readonly valueSize: number;
  /** Kernel size of the short convolution, in positions; 0: none. */
  readonly kernelSize: number;
}

/** A part of a mixer and a gated feed-forward. */
function part(kind: string, create: (options: MatrixStateOptions) => SequenceMixer<never>) {
  return definePart<MatrixStatePartOptions>(kind, (options, place) => {
    const { width, depth } = place;
    const { heads = 4, keySize = width / heads, valueSize, kernelSize } = options;
    const sizes = { width, heads, keySize, valueSize, kernelSize, outputScale: 1 / Math.sqrt(2 * depth) };
    return blockAround<StateTree>(options, place, () => create(sizes) as SequenceMixer<StateTree>);
  });
}

/** A block of gated DeltaNet of a `LanguageModel`. */
export const gatedDeltaNet = part('gated-delta-net', (options) => new GatedDeltaNetMixer(options) as never);
