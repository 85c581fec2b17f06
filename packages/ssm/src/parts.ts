import { type Range, ranges } from '@sequitur/core';
import type { StateSpaceInstance } from './wasm-kernels.js';

/** Some texts and some of their channels. */
export interface Part {
  readonly texts: Range;
  readonly channels: Range;
}

/** Channels that stay together: whole vectors, and whole lines of the cache. */
export const TOGETHER = 16;

/** Parts for each thread, to even out what they have left at the end. */
const PARTS = 2;

/** Cuts what no part shares with another: by texts, and by channels where texts are few. */
export function partsOf(
  wasm: Pick<StateSpaceInstance, 'threads' | 'isWorthSharing'>,
  { batch, channels, multiplications }: Readonly<Record<'batch' | 'channels' | 'multiplications', number>>,
): readonly Part[] {
  const wanted = wasm.isWorthSharing(multiplications) ? PARTS * wasm.threads : 1;
  const texts = ranges(batch, wanted);
  const cuts = ranges(channels, Math.ceil(wanted / texts.length), TOGETHER);
  return texts.flatMap((some) => cuts.map((range) => ({ texts: some, channels: range })));
}

/** As kernels take it: a first text, the one after the last, and the same of channels. */
export function ends({ texts, channels }: Part): readonly [number, number, number, number] {
  return [texts.from, texts.from + texts.count, channels.from, channels.from + channels.count];
}
