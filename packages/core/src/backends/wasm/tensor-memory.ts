import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import type { Offset } from './exports.js';

/** The functions of tfjs's wasm backend that kernels use. */
export interface TfjsWasm {
  readonly asm: { readonly memory: WebAssembly.Memory };
  _malloc: (bytes: number) => Offset;
  _free(offset: Offset): void;
}

/** The memory of a backend's tensors, and scratch memory. */
export interface TensorMemory {
  /** The offset of a tensor. Valid until a tensor is disposed; memory may grow, offsets stay. */
  offset(tensor: TensorInfo): Offset;
  /** As `offset`, and 0 for an absent tensor. */
  offsetOr0(tensor: TensorInfo | undefined): Offset;
  output(shape: readonly number[], dtype?: DataType): TensorInfo;
  /** A view of a float32 tensor; valid until memory grows, so use it at once. */
  values(tensor: TensorInfo): Float32Array;
  /** A view of `count` 32-bit integers at `offset`, to be written before a kernel reads them; valid as `values` is. */
  integers(offset: Offset, count: number): Int32Array;
  /** Scratch memory for the duration of `use`. */
  withScratch<T>(bytes: number, use: (offset: Offset) => T): T;
}

export function tfjsOf(backend: BackendWasm): TfjsWasm {
  return backend.wasm as unknown as TfjsWasm;
}

/** Makes allocation fail loudly: tfjs does not check it, and would continue with a tensor at address 0. */
export function refuseMissingRoom(wasm: TfjsWasm): void {
  wasm._free(wasm._malloc(1)); // its first call installs the allocator
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const offset = bytes < 2 ** 32 ? allocate(bytes) >>> 0 : 0; // more would wrap around
    if (offset || bytes === 0) return offset;
    throw new SequiturError({
      where: 'WebAssembly memory',
      expected: `room for ${bytes} bytes`,
      got: `none left of ${wasm.asm.memory.buffer.byteLength}`,
      fix: 'Use a smaller batch or shorter sequences, or dispose tensors that are no longer needed',
    });
  };
}

/** Memory for the life of the backend, or until it is freed. */
export function allocate(wasm: TfjsWasm, bytes: number): Offset {
  return wasm._malloc(Math.max(bytes, 16));
}

export function tensorMemory(backend: BackendWasm): TensorMemory {
  const wasm = tfjsOf(backend);
  const offset = ({ dataId }: TensorInfo): Offset => backend.dataIdMap.get(dataId).memoryOffset;
  return {
    offset,
    offsetOr0: (tensor) => (tensor ? offset(tensor) : 0),
    output: (shape, dtype = 'float32') => backend.makeOutput([...shape], dtype),
    values: (tensor) => new Float32Array(wasm.asm.memory.buffer, offset(tensor), util.sizeFromShape(tensor.shape)),
    integers: (at, count) => new Int32Array(wasm.asm.memory.buffer, at, count),
    withScratch: (bytes, use) => {
      const scratch = allocate(wasm, bytes);
      try {
        return use(scratch);
      } finally {
        wasm._free(scratch);
      }
    },
  };
}
