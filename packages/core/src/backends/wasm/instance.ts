import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type DataType, type KernelBackend, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import type { Offset, WasmKernels } from './exports.js';

/** The parts of tfjs's wasm backend that our kernels stand on. */
interface TfjsWasm {
  readonly asm: { readonly memory: WebAssembly.Memory };
  _malloc(bytes: number): Offset;
  _free(offset: Offset): void;
}

/** Our kernels, bound to the memory of one tfjs backend. */
export interface WasmInstance {
  readonly kernels: WasmKernels;
  /** Where a tensor's numbers lie. Valid until a tensor is disposed; memory may grow, offsets stay. */
  offset(tensor: TensorInfo): Offset;
  /** As `offset`, and 0 for a tensor that is not given. */
  offsetOr0(tensor: TensorInfo | undefined): Offset;
  output(shape: readonly number[], dtype?: DataType): TensorInfo;
  /** The numbers of a float32 tensor where they lie; the view is good until memory grows, so use it at once. */
  values(tensor: TensorInfo): Float32Array;
  /** Scratch memory for the time of `use`. */
  withScratch<T>(bytes: number, use: (offset: Offset) => T): T;
  /** Scratch for packed panels, kept for the life of the backend. */
  readonly panels: Offset;
}

const instances = new WeakMap<KernelBackend, WasmInstance>();

/** Compiles our kernels onto the memory of `backend`, once. */
export async function loadWasmKernels(backend: BackendWasm): Promise<WasmInstance> {
  const loaded = instances.get(backend);
  if (loaded) return loaded;
  const wasm = backend.wasm as unknown as TfjsWasm;
  const { KERNELS_BASE64 } = await import('./kernels.generated.js');
  const bytes = Uint8Array.from(atob(KERNELS_BASE64), (character) => character.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory: wasm.asm.memory } });
  const bound = bind(backend, wasm, instance.exports as unknown as WasmKernels);
  instances.set(backend, bound);
  return bound;
}

/** Our kernels on `backend`, or null where they are not loaded. */
export function wasmInstance(backend: KernelBackend): WasmInstance | null {
  return instances.get(backend) ?? null;
}

function bind(backend: BackendWasm, wasm: TfjsWasm, kernels: WasmKernels): WasmInstance {
  const allocate = (bytes: number): Offset => {
    const offset = wasm._malloc(Math.max(bytes, 16));
    if (offset) return offset;
    throw new SequiturError({
      where: 'WebAssembly memory',
      expected: `room for ${bytes} bytes`,
      got: `none left of ${wasm.asm.memory.buffer.byteLength}`,
      fix: 'Use a smaller batch or a shorter text, or dispose tensors that are no longer needed',
    });
  };
  const offset = ({ dataId }: TensorInfo): Offset => backend.dataIdMap.get(dataId).memoryOffset;
  return {
    kernels,
    offset,
    offsetOr0: (tensor) => (tensor ? offset(tensor) : 0),
    output: (shape, dtype = 'float32') => backend.makeOutput([...shape], dtype),
    values: (tensor) => new Float32Array(wasm.asm.memory.buffer, offset(tensor), util.sizeFromShape(tensor.shape)),
    withScratch: (bytes, use) => {
      const scratch = allocate(bytes);
      try {
        return use(scratch);
      } finally {
        wasm._free(scratch);
      }
    },
    panels: allocate(kernels.gemmScratchBytes()),
  };
}
