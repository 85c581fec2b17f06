import type { OpInputs, WebGpuInstance } from '@sequitur/core';
import type { ResolvedOptions } from '../options.js';

/** What the code of a kernel depends on; the rest are numbers handed over with each call. */
export interface Variant {
  readonly headSize: number;
  readonly valueSize: number;
  readonly attentionMask: boolean;
  /** How the second tensor of scores is read. */
  readonly extra: 'none' | 'bias' | 'relative';
  readonly softCap: boolean;
  readonly dropout: boolean;
  readonly evenly: boolean;
  /** Rows that all lanes need come through the memory of the workgroup; else the lanes of a subgroup tell them each other. */
  readonly tiles: boolean;
  /** Keys, or queries, between two fillings of that memory; no more than 32. */
  readonly rows: number;
  /** How many of them are worked on together. */
  readonly group: number;
  /** That memory holds them in 16 bits. */
  readonly half: boolean;
  /** Rows of a block that each lane works on: queries, or keys. */
  readonly own: number;
}

/** The largest head that the registers and the shared memory are planned for. */
const MOST = 256;

/** Null where no kernel is written for it: heads of more than 256, and queries that may take evenly from all keys. */
export function variantOf(gpu: WebGpuInstance, inputs: OpInputs, options: ResolvedOptions): Variant | null {
  const { query, value, attentionMask, bias, relative } = inputs;
  const [headSize, valueSize] = [query!.shape[3]!, value!.shape[3]!];
  if (headSize > MOST || valueSize > MOST) return null;
  if (options.fullyMasked === 'all' && (attentionMask || !seesItself(options, query!.shape[1]!))) return null;
  return {
    ...{
      headSize,
      valueSize,
      attentionMask: !!attentionMask,
      softCap: options.softCap !== undefined,
      dropout: !!options.dropout,
    },
    extra: bias ? 'bias' : relative ? 'relative' : 'none',
    evenly: options.fullyMasked === 'evenly',
    ...readingOf(gpu, headSize, valueSize),
  };
}

/** Whether each query certainly sees the key of its own position, so that what becomes of those that see none is no question. */
export function seesItself({ patterns, offset, keyLength, evicted }: ResolvedOptions, queries: number): boolean {
  const includesItself = patterns.every(({ kind }) => kind === 'causal' || kind === 'slidingWindow');
  return includesItself && !evicted && offset >= 0 && offset + queries <= keyLength;
}

/** Measured on a processor, where subgroups have 8 lanes; for graphics cards what fits into 16 KB of shared memory. */
function readingOf({ isSoftware, subgroupSize }: WebGpuInstance, headSize: number, valueSize: number) {
  const size = Math.max(headSize, valueSize);
  const byFours = headSize % 4 === 0 && valueSize % 4 === 0;
  if (isSoftware && subgroupSize !== null && subgroupSize <= 8 && byFours) {
    return { tiles: false, rows: 32, group: subgroupSize, half: false, own: 2 };
  }
  return { tiles: true, rows: size <= 128 ? 16 : 8, group: size <= 128 ? 8 : 4, half: false, own: 1 };
}

/** The same with rows in 16 bits, twice as many of them, where that was asked for: keys and values, not what gradients hold. */
export function inHalf(gpu: WebGpuInstance, variant: Variant): Variant {
  return gpu.halfPrecision && variant.tiles ? { ...variant, half: true, rows: 2 * variant.rows } : variant;
}

export function nameOf(kernel: string, variant: Variant): string {
  return `attention ${kernel} ${Object.values(variant).join(' ')}`;
}

/** Numbers in fours. */
export function fours(size: number): number {
  return Math.ceil(size / 4);
}
