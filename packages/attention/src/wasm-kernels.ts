import { type Offset, wasmKernels } from '@sequitur/core';
import { KERNELS } from './kernels.generated.js';

/** What the AssemblyScript in `assembly/` exports; each function is described there, and the call of attention in `call.ts`. */
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

/** This package's kernels on a backend, or null where that is not WebAssembly. */
export const attentionKernels = wasmKernels<AttentionKernels>(KERNELS);
