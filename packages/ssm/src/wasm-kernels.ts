import { type Offset, type WasmInstance, wasmKernels } from '@sequitur/core';
import { KERNELS } from './kernels.generated.js';

/** A kernel that only `runAll` calls: `src` writes its integer arguments there. */
type InParts = (...numbers: number[]) => void;

/** The exports of the AssemblyScript in `assembly/`; each function is described there. `call` is a `ScanCall` or a `DeltaCall`. */
interface StateSpaceKernels {
  readonly convolutionBackward: InParts;
  readonly convolutionForward: InParts;
  readonly deltaBackward: InParts;
  readonly deltaForward: InParts;
  readonly scanBackward: InParts;
  readonly scanForward: InParts;
  addScanSums(call: Offset, text: number, chunk: number, group: number, sums: Offset, parts: number): void;
  deltaBackwardScratchBytes(keySize: number, length: number, chunk: number): number;
  deltaForwardScratchBytes(keySize: number): number;
  enterRow(call: Offset, text: number): void;
  finishScanGradients(call: Offset): void;
  leaveRow(call: Offset, text: number): void;
  scanBackwardScratchBytes(state: number, chunk: number): number;
  scanForwardScratchBytes(channels: number, state: number): number;
  scanSharedBytes(inner: number, state: number): number;
  scanSumBytes(state: number, chunk: number): number;
  startScanGradients(call: Offset): void;
}

export type StateSpaceInstance = WasmInstance<StateSpaceKernels>;

/** The kernels of this package, or null where the backend is not wasm. */
export const stateSpaceKernels = wasmKernels<StateSpaceKernels>(KERNELS);
