// The arguments of a call: one block of 32-bit values, written in this order by `src/ops/selective-scan/wasm/call.ts`.
// Offsets are in bytes; 0 stands for an absent tensor.
import { padded } from '../../core/assembly/lanes';

// @ts-ignore: decorator
@unmanaged
export class ScanCall {
  batch: i32;
  length: i32;
  inner: i32;
  state: i32;
  groups: i32;
  /** Steps that the backward pass recomputes at a time. */
  chunk: i32;
  /** Whether softplus is applied to the step size. */
  positive: i32;
  /** [batch, length, inner], like stepSize, y and their gradients. */
  x: u32;
  stepSize: u32;
  /** [inner, state] */
  stateMatrix: u32;
  /** [batch, length, groups, state], like outputMatrix; the channels of every group are a whole number of vectors. */
  inputMatrix: u32;
  outputMatrix: u32;
  /** [inner], like stepBias. */
  skip: u32;
  stepBias: u32;
  /** [batch, inner, state], like last. */
  initial: u32;
  /** [batch, length] or 0. */
  resets: u32;
  y: u32;
  last: u32;
  /**
   * The states at the start of each chunk except the first, [batch, kept, padded inner / 4, state, 4]; 0: not saved.
   */
  between: u32;
  dy: u32;
  dFinal: u32;
  dx: u32;
  dStepSize: u32;
  dStateMatrix: u32;
  dInputMatrix: u32;
  dOutputMatrix: u32;
  dSkip: u32;
  dStepBias: u32;
  dInitial: u32;
  /** Memory shared by the parts of a backward pass. */
  shared: u32;
  scratch: u32;
  /** Scratch bytes of one thread. */
  scratchBytes: u32;
}

/** Offset of a thread's scratch memory. */
// @ts-ignore: decorator
@inline
export function scratchOf(call: ScanCall, thread: i32): usize {
  return <usize>call.scratch + <usize>thread * <usize>call.scratchBytes;
}

/** Bytes of the states of `channels` channels in vectors; also the offset of a channel that begins a vector. */
// @ts-ignore: decorator
@inline
export function laneBytes(channels: i32, state: i32): usize {
  return <usize>(padded(channels) * state) << 2;
}

/** Offset of the saved states at the start of chunk `k` (not the first) of batch row `b`. */
// @ts-ignore: decorator
@inline
export function keptAt(call: ScanCall, b: i32, k: i32): usize {
  const kept = (call.length + call.chunk - 1) / call.chunk - 1;
  return <usize>call.between + <usize>(b * kept + k - 1) * laneBytes(call.inner, call.state);
}
