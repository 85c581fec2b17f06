// The arguments of a call: one block of 32-bit values. `src/ops/scaled-dot-product/wasm/call.ts` fills it by name.
// Offsets are in bytes, strides in elements; 0 stands for an absent tensor.

// @ts-ignore: decorator
@unmanaged
export class Call {
  batch: i32;
  queries: i32;
  heads: i32;
  headSize: i32;
  valueSize: i32;
  keys: i32;
  capacity: i32;
  keyHeads: i32;
  query: u32;
  key: u32;
  value: u32;
  visible: u32;
  bias: u32;
  biasBatch: i32;
  biasHead: i32;
  biasQuery: i32;
  biasKey: i32;
  relative: u32;
  /** [layouts] triples of offsets: starts, entries, masks. */
  layouts: u32;
  layoutCount: i32;
  scale: f32;
  /** 0 for none. */
  softCap: f32;
  /** A weight is dropped where its random bits are below this; 0: none. */
  dropBelow: u32;
  dropSeed: u32;
  /** The factor on the kept weights. */
  keptScale: f32;
  /** ZEROS, EVENLY or ALL. */
  fullyMasked: i32;
  output: u32;
  logSumExp: u32;
  doutput: u32;
  dlogSumExp: u32;
  dquery: u32;
  dkey: u32;
  dvalue: u32;
  dbias: u32;
  drelative: u32;
  scratch: u32;
  /** Scratch bytes of one thread. */
  scratchBytes: u32;
  /** [batch, queries] or 0; if given, `visible` has the document of each key, 0 at padding. */
  documents: u32;
}

/** Offset of a thread's scratch memory. */
// @ts-ignore: decorator
@inline
export function scratchOf(call: Call, thread: i32): usize {
  return <usize>call.scratch + <usize>thread * <usize>call.scratchBytes;
}

/** Block size of queries and keys, as in the layout. */
export const BLOCK: i32 = 64;
/** Bytes of a row of scores: one key, all queries of the block. */
export const ROW: usize = 256;

export const ZEROS: i32 = 0;
export const EVENLY: i32 = 1;
export const ALL: i32 = 2;

/** The score of a masked key, and the logarithm of an empty sum; its weight is 0. */
export const HIDDEN: f32 = -<f32>Infinity;
/** The lowest float: the initial maximum of the scores. */
export const LOWEST: f32 = -f32.MAX_VALUE;

export const LOG2_E: f32 = 1.4426950408889634;
export const LN_2: f32 = 0.6931471805599453;

/** Rounded up to a multiple of `to`, a power of two. */
// @ts-ignore: decorator
@inline
export function roundUp(n: i32, to: i32): i32 {
  return (n + to - 1) & ~(to - 1);
}

/** Bytes of n float32. */
// @ts-ignore: decorator
@inline
export function bytes(n: i32): usize {
  return <usize>n << 2;
}
