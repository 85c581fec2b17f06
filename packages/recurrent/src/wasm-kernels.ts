import { type Offset, type WasmInstance, wasmKernels } from '@sequitur/core';
import { KERNELS } from './kernels.generated.js';

/** The kernels that `runOnSequences` calls. */
type OfSequences = (
  first: number,
  last: number,
  panels: Offset,
  scratch: Offset,
  length: number,
  hidden: number,
  ...offsets: Offset[]
) => void;

/** The exports of the AssemblyScript in `assembly/`; each function is described there. */
interface RecurrentKernels {
  readonly gruBackward: OfSequences;
  readonly gruForward: OfSequences;
  readonly lstmBackward: OfSequences;
  readonly lstmForward: OfSequences;
  packColumns(inner: number, columns: number, matrix: Offset, row: number, column: number, panels: Offset): void;
  stepPanelBytes(rows: number, inner: number, columns: number): number;
  stepScratchBytes(rows: number, inner: number, columns: number): number;
}

export type RecurrentInstance = WasmInstance<RecurrentKernels>;

/** The kernels of this package, or null where the backend is not wasm. */
export const recurrentKernels = wasmKernels<RecurrentKernels>(KERNELS);
