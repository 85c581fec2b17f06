import type { SequenceMixer, StateTree } from '@sequitur/core';
import {
  GatedDeltaNetMixer,
  KimiDeltaMixer,
  Mamba3Mixer,
  type MatrixStateOptions,
  MesaMixer,
  MlstmMixer,
  RgLruMixer,
  Rwkv7Mixer,
} from '@sequitur/ssm';
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
function part(kind: string, create: (options: MatrixStateOptions) => SequenceMixer) {
  return definePart<MatrixStatePartOptions>(kind, (options, place) => {
    const { width, depth } = place;
    const { heads = 4, keySize = width / heads, valueSize, kernelSize } = options;
    const sizes = { width, heads, keySize, valueSize, kernelSize, outputScale: 1 / Math.sqrt(2 * depth) };
    return blockAround<StateTree>(options, place, () => create(sizes));
  });
}

/** A block of gated DeltaNet of a `LanguageModel`. */
export const gatedDeltaNet = part('gated-delta-net', (options) => new GatedDeltaNetMixer(options));

/** A block of Kimi delta attention of a `LanguageModel`. */
export const kimiDelta = part('kimi-delta', (options) => new KimiDeltaMixer(options));

/** An mLSTM block of a `LanguageModel`. */
export const mlstm = part('mlstm', (options) => new MlstmMixer(options));

/** A Mamba-3 block of a `LanguageModel`. */
export const mamba3 = part('mamba3', (options) => new Mamba3Mixer(options));

/** A Mesa block of a `LanguageModel`. */
export const mesa = part('mesa', (options) => new MesaMixer(options));

/** An RWKV-7 block of a `LanguageModel`; its heads' sizes are those of its width. */
export const rwkv7 = part('rwkv7', ({ width, heads, outputScale }) => {
  return new Rwkv7Mixer({ width, heads, outputScale });
});

/** A block of the recurrence of Griffin of a `LanguageModel`; its heads are the blocks of its gates. */
export const rgLru = part('rg-lru', ({ width, heads, outputScale }) => {
  return new RgLruMixer({ width, heads, outputScale });
});
