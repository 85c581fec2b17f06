import { type Offset, wasmKernels } from '@sequitur/core';
import { KERNELS } from './kernels.generated.js';

type Sizes = readonly [batch: number, length: number, hidden: number];

/** What the AssemblyScript in `assembly/` exports; each function is described there. */
interface RecurrentKernels {
  gruBackward(...call: [...Sizes, ...offsets: Offset[]]): void;
  gruForward(...call: [...Sizes, ...offsets: Offset[]]): void;
  lstmBackward(...call: [...Sizes, ...offsets: Offset[]]): void;
  lstmForward(...call: [...Sizes, ...offsets: Offset[]]): void;
  stepScratchBytes(rows: number, inner: number, columns: number): number;
}

/** This package's kernels on a backend, or null where that is not WebAssembly. */
export const recurrentKernels = wasmKernels<RecurrentKernels>(KERNELS);
