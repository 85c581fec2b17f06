// What the host hands over: one block of 32-bit numbers, written in this order by `src/ops/selective-scan/wasm/call.ts`. Offsets count
// bytes; 0 stands for a tensor that is not given.
import { padded } from '../../core/assembly/lanes';

// @ts-ignore: decorator
@unmanaged
export class ScanCall {
  batch: i32;
  length: i32;
  inner: i32;
  state: i32;
  groups: i32;
  /** Steps that the backward computes again at a time. */
  chunk: i32;
  /** Whether the step size passes through softplus. */
  positive: i32;
  /** [batch, length, inner], as stepSize, y and their gradients are. */
  x: u32;
  stepSize: u32;
  /** [inner, state] */
  stateMatrix: u32;
  /** [batch, length, groups, state], as outputMatrix; every group is a whole number of vectors wide. */
  inputMatrix: u32;
  outputMatrix: u32;
  /** [inner], as stepBias. */
  skip: u32;
  stepBias: u32;
  /** [batch, inner, state], as last. */
  initial: u32;
  /** [batch, length] or 0. */
  resets: u32;
  y: u32;
  last: u32;
  /** The states where chunks but the first begin, [batch, kept, padded inner / 4, state, 4]; 0: they are not kept. */
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
  /** What the parts of a backward share. */
  shared: u32;
  scratch: u32;
  /** Of one thread. */
  scratchBytes: u32;
}

/** Where the scratch of a thread lies. */
// @ts-ignore: decorator
@inline
export function scratchOf(call: ScanCall, thread: i32): usize {
  return <usize>call.scratch + <usize>thread * <usize>call.scratchBytes;
}

/** Bytes of the states of so many channels in vectors, and of those before a channel that begins one. */
// @ts-ignore: decorator
@inline
export function laneBytes(channels: i32, state: i32): usize {
  return <usize>(padded(channels) * state) << 2;
}

/** Where the states are kept from which chunk `k`, not the first, of text `b` begins. */
// @ts-ignore: decorator
@inline
export function keptAt(call: ScanCall, b: i32, k: i32): usize {
  const kept = (call.length + call.chunk - 1) / call.chunk - 1;
  return <usize>call.between + <usize>(b * kept + k - 1) * laneBytes(call.inner, call.state);
}
