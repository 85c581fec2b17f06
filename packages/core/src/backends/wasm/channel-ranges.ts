import type { WasmInstance } from './instance.js';
import { type Range, ranges } from './threads/ranges.js';

/** Some sequences of a batch and some of their channels: the share of one call of a kernel. */
export interface ChannelRange {
  readonly sequences: Range;
  readonly channels: Range;
}

/** Channels that stay together: whole vectors, and whole lines of the cache. */
export const TOGETHER = 16;

/** Ranges for each thread, to even out what they have left at the end. */
const RANGES_PER_THREAD = 2;

/** Cuts a batch into ranges that share nothing: by sequences, and by channels where sequences are few. */
export function channelRanges<Kernels>(
  wasm: Pick<WasmInstance<Kernels>, 'threads' | 'shouldParallelize'>,
  { batch, channels, multiplications }: Readonly<Record<'batch' | 'channels' | 'multiplications', number>>,
): readonly ChannelRange[] {
  const wanted = wasm.shouldParallelize(multiplications) ? RANGES_PER_THREAD * wasm.threads : 1;
  const sequences = ranges(batch, wanted);
  const cuts = ranges(channels, Math.ceil(wanted / sequences.length), TOGETHER);
  return sequences.flatMap((some) => cuts.map((range) => ({ sequences: some, channels: range })));
}

/** A range as kernels take it: the first sequence, the one after the last, and the same of channels. */
export function ends({ sequences, channels }: ChannelRange): readonly [number, number, number, number] {
  return [sequences.from, sequences.from + sequences.count, channels.from, channels.from + channels.count];
}
