import { type Offset, wasmKernels } from '@sequitur/core';
import { KERNELS } from './kernels.generated.js';

/** What the AssemblyScript in `assembly/` exports; each function is described there, and the call in `call.ts`. */
interface AttentionKernels {
  attentionBackward(call: Offset): void;
  attentionForward(call: Offset): void;
  backwardScratchBytes(call: Offset): number;
  forwardScratchBytes(call: Offset): number;
}

/** This package's kernels on a backend, or null where that is not WebAssembly. */
export const attentionKernels = wasmKernels<AttentionKernels>(KERNELS);
