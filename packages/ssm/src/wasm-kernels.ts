import { type Offset, wasmKernels } from '@sequitur/core';
import { KERNELS } from './kernels.generated.js';

/** The tensors of a selective scan, as both its kernels take them: sizes, offsets, whether softplus. */
export type ScanArguments = readonly [
  ...sizes: readonly [batch: number, length: number, inner: number, state: number, groups: number, chunk: number],
  ...tensors: readonly [x: Offset, stepSize: Offset, stateMatrix: Offset, inputMatrix: Offset, outputMatrix: Offset],
  ...rest: readonly [skip: Offset, stepBias: Offset, initial: Offset, resets: Offset, positive: boolean],
];

/** What the AssemblyScript in `assembly/` exports; each function is described there. */
interface StateSpaceKernels {
  convolutionBackward(
    ...sizes: [batch: number, length: number, channels: number, kernel: number, silu: boolean, ...offsets: Offset[]]
  ): void;
  convolutionForward(
    ...sizes: [batch: number, length: number, channels: number, kernel: number, silu: boolean, ...offsets: Offset[]]
  ): void;
  linearScanBackward(batch: number, length: number, channels: number, ...offsets: Offset[]): void;
  linearScanForward(batch: number, length: number, channels: number, ...offsets: Offset[]): void;
  scanBackward(...scan: [...ScanArguments, ...offsets: Offset[]]): void;
  scanBackwardScratchBytes(inner: number, state: number, chunk: number): number;
  scanForward(...scan: [...ScanArguments, y: Offset, last: Offset, between: Offset, scratch: Offset]): void;
  scanForwardScratchBytes(inner: number, state: number): number;
}

/** This package's kernels on a backend, or null where that is not WebAssembly. */
export const stateSpaceKernels = wasmKernels<StateSpaceKernels>(KERNELS);
