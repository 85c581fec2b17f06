import { type Offset, type WasmInstance, wasmKernels } from '@sequitur/core';
import { KERNELS } from './kernels.generated.js';

/** What `runOnTexts` calls. */
type OfTexts = (
  first: number,
  last: number,
  panels: Offset,
  scratch: Offset,
  length: number,
  hidden: number,
  ...offsets: Offset[]
) => void;

/** What the AssemblyScript in `assembly/` exports; each function is described there. */
interface RecurrentKernels {
  readonly gruBackward: OfTexts;
  readonly gruForward: OfTexts;
  readonly lstmBackward: OfTexts;
  readonly lstmForward: OfTexts;
  packColumns(inner: number, columns: number, matrix: Offset, row: number, column: number, panels: Offset): void;
  stepPanelBytes(rows: number, inner: number, columns: number): number;
  stepScratchBytes(rows: number, inner: number, columns: number): number;
}

export type RecurrentInstance = WasmInstance<RecurrentKernels>;

/** This package's kernels on a backend, or null where that is not WebAssembly. */
export const recurrentKernels = wasmKernels<RecurrentKernels>(KERNELS);
