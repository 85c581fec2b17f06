import type { Offset, OpInputs } from '@sequitur/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { StateSpaceInstance } from '../../../wasm-kernels.js';
import { SCAN_INPUTS, type ScanAttributes, sizesOf, tensorsOf } from '../tensors.js';

/** The tensors that a call reads and writes, by their names in `TENSORS`. */
export interface ScanTask {
  readonly inputs: OpInputs;
  readonly attributes: ScanAttributes;
  readonly results: Readonly<Record<string, TensorInfo | undefined>>;
}

/** Bytes of memory in addition to the tensors. */
export interface ScanRoom {
  readonly shared: number;
  readonly ofThread: number;
  readonly threads: number;
}

/** The offsets of `ScanCall`, in its order after the sizes. */
const TENSORS = [
  ...SCAN_INPUTS,
  ...['resets', 'y', 'last', 'between', 'dy', 'dFinal'],
  ...SCAN_INPUTS.map((name) => `gradient of ${name}`),
];
const SIZES = 7;
const CALL_BYTES = 4 * (SIZES + TENSORS.length + 3);

/** Writes the call to memory, then reserves the shared memory of its parts and the scratch memory of each thread. */
export function withScanCall(
  wasm: StateSpaceInstance,
  { inputs, attributes, results }: ScanTask,
  { shared, ofThread, threads }: ScanRoom,
  use: (call: Offset, shared: Offset) => void,
): void {
  const { batch, length, inner, state, groups } = sizesOf(tensorsOf(inputs), attributes);
  const lines = [CALL_BYTES, shared, ofThread].map((bytes) => 64 * Math.ceil(bytes / 64)) as [number, number, number];
  wasm.withScratch(lines[0] + lines[1] + threads * lines[2], (call) => {
    const offsets = TENSORS.map((name) => wasm.offsetOr0(results[name] ?? inputs[name]));
    const sharedAt = call + lines[0];
    wasm
      .integers(call, CALL_BYTES / 4)
      .set([
        ...[batch, length, inner, state, groups, attributes.chunk, Number(attributes.softplus)],
        ...offsets,
        ...[sharedAt, sharedAt + lines[1], lines[2]],
      ]);
    use(call, sharedAt);
  });
}
