// The arguments of a call: one block of 32-bit values, written in this order by `src/ops/delta-rule/wasm.ts`.
// Offsets are in bytes; 0 stands for an absent tensor.

// @ts-ignore: decorator
@unmanaged
export class DeltaCall {
  length: i32;
  heads: i32;
  keySize: i32;
  valueSize: i32;
  /** 1, or the key size. */
  decaySize: i32;
  /** Steps that the backward pass recomputes at a time. */
  chunk: i32;
  /** [batch, length, heads, size], like all up to `replacement`. */
  query: u32;
  key: u32;
  value: u32;
  decay: u32;
  removal: u32;
  /** 0: the key. */
  replacement: u32;
  /** [batch, heads, keySize, valueSize], like state and their gradients. */
  initial: u32;
  y: u32;
  state: u32;
  dy: u32;
  dState: u32;
  dQuery: u32;
  dKey: u32;
  dValue: u32;
  dDecay: u32;
  dRemoval: u32;
  dReplacement: u32;
  dInitial: u32;
  scratch: u32;
  /** Scratch bytes of one thread. */
  scratchBytes: u32;
}

/** Bytes before the first element of step 0 of sequence s = text x heads + head, in [batch, length, heads, size]. */
// @ts-ignore: decorator
@inline
export function startOf(call: DeltaCall, s: i32, size: i32): usize {
  const heads = call.heads;
  return <usize>((s / heads) * call.length * heads + (s % heads)) * size << 2;
}

/** Bytes from one step to the next. */
// @ts-ignore: decorator
@inline
export function stepOf(call: DeltaCall, size: i32): usize {
  return <usize>(call.heads * size) << 2;
}
