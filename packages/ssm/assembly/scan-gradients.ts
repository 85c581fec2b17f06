// The values that the backward pass of the selective scan keeps between chunks and batch rows, all channels in vectors:
// each part reads and writes only its channels.
import { fromLanes, padded, toLanes } from '../../core/assembly/lanes';
import { laneBytes, ScanCall } from './scan-call';
import { LOG2_E } from './step-size';

/** Bytes shared by the parts of a backward pass. */
export function scanSharedBytes(inner: i32, state: i32): i32 {
  return <i32>(4 * laneBytes(inner, state)) + (2 * padded(inner) << 2);
}

/** Rates of decay times log2(e). */
// @ts-ignore: decorator
@inline
export function ratesAt(call: ScanCall): usize {
  return call.shared;
}

/** The state before the first step. */
// @ts-ignore: decorator
@inline
export function firstAt(call: ScanCall): usize {
  return <usize>call.shared + laneBytes(call.inner, call.state);
}

/** The gradient of the state at the end of the current chunk, then at its start. */
// @ts-ignore: decorator
@inline
export function gradientAt(call: ScanCall): usize {
  return <usize>call.shared + 2 * laneBytes(call.inner, call.state);
}

/** The accumulated gradients of the rates, then those of the skip and of the bias of the step size. */
// @ts-ignore: decorator
@inline
export function rateSumsAt(call: ScanCall): usize {
  return <usize>call.shared + 3 * laneBytes(call.inner, call.state);
}

// @ts-ignore: decorator
@inline
export function skipSumsAt(call: ScanCall): usize {
  return rateSumsAt(call) + laneBytes(call.inner, call.state);
}

// @ts-ignore: decorator
@inline
export function biasSumsAt(call: ScanCall): usize {
  return skipSumsAt(call) + (<usize>padded(call.inner) << 2);
}

/** Initialises the gradients; must be called first. */
export function startScanGradients(call: ScanCall): void {
  toLanes(call.inner, call.state, call.stateMatrix, ratesAt(call), LOG2_E);
  memory.fill(rateSumsAt(call), 0, laneBytes(call.inner, call.state) + (<usize>padded(call.inner) << 3));
}

/** Starts a batch row, before its last chunk. */
export function enterRow(call: ScanCall, b: i32): void {
  toLanes(call.inner, call.state, <usize>call.initial + rowBytes(call, b), firstAt(call));
  toLanes(call.inner, call.state, <usize>call.dFinal + rowBytes(call, b), gradientAt(call));
}

/** Finishes a batch row, after its first chunk. */
export function leaveRow(call: ScanCall, b: i32): void {
  fromLanes(call.inner, call.state, gradientAt(call), <usize>call.dInitial + rowBytes(call, b));
}

/** Writes the gradients that are summed over the batch, after all rows. */
export function finishScanGradients(call: ScanCall): void {
  fromLanes(call.inner, call.state, rateSumsAt(call), call.dStateMatrix);
  memory.copy(call.dSkip, skipSumsAt(call), <usize>call.inner << 2);
  memory.copy(call.dStepBias, biasSumsAt(call), <usize>call.inner << 2);
}

/** Offset of the states of a batch row, [batch, inner, state]. */
function rowBytes(call: ScanCall, b: i32): usize {
  return <usize>(b * call.inner) * call.state << 2;
}
