import type { OpInputs, WebGpuInstance } from '@sequitur/core';
import type { ResolvedOptions } from '../options.js';

/** What the code of a kernel depends on; other parameters are uniforms of each call. */
export interface Variant {
  readonly headSize: number;
  readonly valueSize: number;
  readonly attentionMask: boolean;
  /** How the second bias tensor is read. */
  readonly extra: 'none' | 'bias' | 'relative';
  readonly softCap: boolean;
  readonly dropout: boolean;
  readonly evenly: boolean;
  /** Whether rows that all lanes read are loaded into workgroup memory; else the lanes of a subgroup broadcast them. */
  readonly tiles: boolean;
  /** Keys, or queries, between two loads of that memory; at most 32. */
  readonly rows: number;
  /** Number of them that are computed together. */
  readonly group: number;
  /** Whether that memory holds float16. */
  readonly half: boolean;
  /** Rows per lane: queries, or keys. */
  readonly own: number;
}

/** The largest head size that registers and workgroup memory are planned for. */
const MOST = 256;

/**
 * The variant for a call. Null where no kernel supports it: heads larger than 256, packed documents, and fully masked
 * queries that average over all keys.
 */
export function variantOf(gpu: WebGpuInstance, inputs: OpInputs, options: ResolvedOptions): Variant | null {
  const { query, value, attentionMask, documents, bias, relative } = inputs;
  const [headSize, valueSize] = [query!.shape[3]!, value!.shape[3]!];
  if (headSize > MOST || valueSize > MOST || documents) return null;
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

/** Whether each query is known to attend to its own position, so that no query is fully masked. */
export function seesItself({ patterns, offset, keyLength, evicted }: ResolvedOptions, queries: number): boolean {
  const includesItself = patterns.every(({ kind }) => kind === 'causal' || kind === 'slidingWindow');
  return includesItself && !evicted && offset >= 0 && offset + queries <= keyLength;
}

/**
 * How rows are read: on a software adapter, whose subgroups have 8 lanes, as measured there; on graphics cards the
 * variant that fits into 16 KB of workgroup memory.
 */
function readingOf({ isSoftware, subgroupSize }: WebGpuInstance, headSize: number, valueSize: number) {
  const size = Math.max(headSize, valueSize);
  const byFours = headSize % 4 === 0 && valueSize % 4 === 0;
  if (isSoftware && subgroupSize !== null && subgroupSize <= 8 && byFours) {
    return { tiles: false, rows: 32, group: subgroupSize, half: false, own: 2 };
  }
  return { tiles: true, rows: size <= 128 ? 16 : 8, group: size <= 128 ? 8 : 4, half: false, own: 1 };
}

/**
 * The same variant with float16 rows, twice as many, where half precision was requested: for keys and values, not for
 * gradients.
 */
export function inHalf(gpu: WebGpuInstance, variant: Variant): Variant {
  return gpu.halfPrecision && variant.tiles ? { ...variant, half: true, rows: 2 * variant.rows } : variant;
}

export function nameOf(kernel: string, variant: Variant): string {
  return `attention ${kernel} ${Object.values(variant).join(' ')}`;
}

/** Elements in vec4, rounded up. */
export function fours(size: number): number {
  return Math.ceil(size / 4);
}
