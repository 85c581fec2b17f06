import { type Offset, wasmKernels } from '@sequitur/core';
import { KERNELS_BASE64 } from './kernels.generated.js';

/** What the AssemblyScript in `assembly/` exports; each function is described there. */
interface AttentionKernels {
  attentionBackward(
    batch: number,
    queries: number,
    heads: number,
    headSize: number,
    keys: number,
    capacity: number,
    keyHeads: number,
    query: Offset,
    key: Offset,
    value: Offset,
    visible: Offset,
    offset: number,
    causal: boolean,
    scale: number,
    output: Offset,
    normalisers: Offset,
    dnormalisers: Offset,
    doutput: Offset,
    dquery: Offset,
    dkey: Offset,
    dvalue: Offset,
    scratch: Offset,
    panels: Offset,
  ): void;
  attentionForward(
    batch: number,
    queries: number,
    heads: number,
    headSize: number,
    keys: number,
    capacity: number,
    keyHeads: number,
    query: Offset,
    key: Offset,
    value: Offset,
    visible: Offset,
    offset: number,
    causal: boolean,
    scale: number,
    output: Offset,
    normalisers: Offset,
    scratch: Offset,
    panels: Offset,
  ): void;
  attentionScratchBytes(keys: number): number;
}

/** This package's kernels on a backend, or null where that is not WebAssembly. */
export const attentionKernels = wasmKernels<AttentionKernels>(KERNELS_BASE64);
