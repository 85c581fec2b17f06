import { type Offset, wasmKernels } from '@sequitur/core';
import { KERNELS } from './kernels.generated.js';

/**
 * The exports of the AssemblyScript in `assembly/`; each function is described there, and the attention call in
 * `call.ts`.
 */
interface AttentionKernels {
  attentionBackward(
    call: Offset,
    batch: number,
    lastBatch: number,
    keyHead: number,
    lastKeyHead: number,
    thread: number,
  ): void;
  attentionForward(
    call: Offset,
    batch: number,
    lastBatch: number,
    keyHead: number,
    lastKeyHead: number,
    query: number,
    lastQuery: number,
    thread: number,
  ): void;
  backwardScratchBytes(call: Offset): number;
  forwardScratchBytes(call: Offset): number;
  rotate(
    first: number,
    rows: number,
    period: number,
    heads: number,
    size: number,
    pairs: number,
    neighbours: boolean,
    backwards: boolean,
    x: Offset,
    cosines: Offset,
    sines: Offset,
    y: Offset,
  ): void;
}

/** The kernels of this package, or null where the backend is not wasm. */
export const attentionKernels = wasmKernels<AttentionKernels>(KERNELS);
