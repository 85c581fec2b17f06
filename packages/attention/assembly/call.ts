// What the host hands over: one block of 32-bit numbers, written in this order by `src/scaled-dot-product/wasm.ts`.
// Offsets count bytes, strides numbers; 0 stands for a tensor that is not given.

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
  /** 0: none. */
  softCap: f32;
  /** A weight is dropped where its random bits are below; 0: none. */
  dropBelow: u32;
  dropSeed: u32;
  /** What the kept weights are multiplied by. */
  keptScale: f32;
  /** ZEROS, EVENLY or ALL. */
  unseen: i32;
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
  /** Of one thread. */
  scratchBytes: u32;
}

/** Where the scratch of a thread lies. */
// @ts-ignore: decorator
@inline
export function scratchOf(call: Call, thread: i32): usize {
  return <usize>call.scratch + <usize>thread * <usize>call.scratchBytes;
}

/** Queries and keys go through in blocks of so many: those of the layout. */
export const BLOCK: i32 = 64;
/** Bytes of a row of scores, which holds one key for all queries of the block. */
export const ROW: usize = 256;

export const ZEROS: i32 = 0;
export const EVENLY: i32 = 1;
export const ALL: i32 = 2;

/** Score of a key that the mask hides, and the logarithm of the sum of none: no weight is left of either. */
export const HIDDEN: f32 = -<f32>Infinity;
/** Of floats the lowest: what scores are measured from while none is above it. */
export const LOWEST: f32 = -f32.MAX_VALUE;

export const LOG2_E: f32 = 1.4426950408889634;
export const LN_2: f32 = 0.6931471805599453;

/** Up to the next multiple of `to`, a power of two. */
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
