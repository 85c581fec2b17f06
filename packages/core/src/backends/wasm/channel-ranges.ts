import type { WasmInstance } from './instance.js';
import { type Range, ranges } from './threads/ranges.js';

/** A range of sequences and of channels: the share of one kernel call. */
export interface ChannelRange {
  readonly sequences: Range;
  readonly channels: Range;
}

/** Ranges begin at multiples of this number of channels: whole vectors and cache lines. */
export const TOGETHER = 16;

/** Ranges per thread, to balance the load at the end. */
const RANGES_PER_THREAD = 2;

/** Divides a batch into independent ranges: by sequences, and by channels where there are few sequences. */
export function channelRanges<Kernels>(
  wasm: Pick<WasmInstance<Kernels>, 'threads' | 'shouldParallelize'>,
  { batch, channels, multiplications }: Readonly<Record<'batch' | 'channels' | 'multiplications', number>>,
): readonly ChannelRange[] {
  const wanted = wasm.shouldParallelize(multiplications) ? RANGES_PER_THREAD * wasm.threads : 1;
  const sequences = ranges(batch, wanted);
  const cuts = ranges(channels, Math.ceil(wanted / sequences.length), TOGETHER);
  return sequences.flatMap((some) => cuts.map((range) => ({ sequences: some, channels: range })));
}

/** A range as kernel arguments: start and end of sequences and of channels. */
export function ends({ sequences, channels }: ChannelRange): readonly [number, number, number, number] {
  return [sequences.from, sequences.from + sequences.count, channels.from, channels.from + channels.count];
}
