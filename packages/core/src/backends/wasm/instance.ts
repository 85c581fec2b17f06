import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type DataType, type KernelBackend, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { type CompiledKernels, codeOf } from './compiled-kernels.js';
import type { Offset, WasmKernels } from './exports.js';

/** The parts of tfjs's wasm backend that our kernels stand on. */
interface TfjsWasm {
  readonly asm: { readonly memory: WebAssembly.Memory };
  _malloc: (bytes: number) => Offset;
  _free(offset: Offset): void;
}

/** Kernels bound to the memory of one tfjs backend: core's own, or those of another package. */
export interface WasmInstance<Kernels = WasmKernels> {
  readonly kernels: Kernels;
  /** Where a tensor's numbers lie. Valid until a tensor is disposed; memory may grow, offsets stay. */
  offset(tensor: TensorInfo): Offset;
  /** As `offset`, and 0 for a tensor that is not given. */
  offsetOr0(tensor: TensorInfo | undefined): Offset;
  output(shape: readonly number[], dtype?: DataType): TensorInfo;
  /** The numbers of a float32 tensor where they lie; the view is good until memory grows, so use it at once. */
  values(tensor: TensorInfo): Float32Array;
  /** The `count` 32-bit integers from `offset` on, to be written before a kernel reads them; good as `values` is. */
  integers(offset: Offset, count: number): Int32Array;
  /** Scratch memory for the time of `use`. */
  withScratch<T>(bytes: number, use: (offset: Offset) => T): T;
  /** Scratch for the packed panels of `gemm`, kept for the life of the backend. */
  readonly panels: Offset;
}

type WasmMemory = Omit<WasmInstance, 'kernels'>;

const instances = new WeakMap<KernelBackend, WasmInstance>();

/** Compiles core's kernels onto the memory of `backend`, once. */
export async function loadWasmKernels(backend: BackendWasm): Promise<WasmInstance> {
  const loaded = instances.get(backend);
  if (loaded) return loaded;
  const wasm = tfjsOf(backend);
  refuseMissingRoom(wasm);
  const { KERNELS } = await import('./kernels.generated.js');
  const { instance } = await WebAssembly.instantiate(codeOf(KERNELS), { env: { memory: wasm.asm.memory } });
  const kernels = instance.exports as unknown as WasmKernels;
  const bound = { kernels, ...memoryOf(backend, wasm, kernels.gemmScratchBytes()) };
  instances.set(backend, bound);
  return bound;
}

/** Core's kernels on `backend`, or null where they are not loaded. */
export function wasmInstance(backend: KernelBackend): WasmInstance | null {
  return instances.get(backend) ?? null;
}

/**
 * Another package's kernels, compiled from its `assembly/` folder by `scripts/wasm-kernels.mjs`.
 *
 * @param compiled the module, which imports `env.memory` and nothing else
 * @returns for a backend its kernels, or null where it is not WebAssembly opened by `openBackend`; the module is
 *   compiled when it is first asked for, so that an import costs nothing
 */
export function wasmKernels<Kernels>(
  compiled: CompiledKernels,
): (backend: KernelBackend) => WasmInstance<Kernels> | null {
  const bound = new WeakMap<KernelBackend, WasmInstance<Kernels>>();
  let module: WebAssembly.Module | undefined;
  return (backend) => {
    const existing = bound.get(backend);
    if (existing) return existing;
    const core = wasmInstance(backend);
    if (!core) return null;
    module ??= new WebAssembly.Module(codeOf(compiled));
    const { memory } = tfjsOf(backend as BackendWasm).asm;
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const instance = { ...core, kernels: exports as unknown as Kernels };
    bound.set(backend, instance);
    return instance;
  };
}

function tfjsOf(backend: BackendWasm): TfjsWasm {
  return backend.wasm as unknown as TfjsWasm;
}

/** tfjs does not look whether its allocator found room, and would go on with a tensor that lies at address 0. */
function refuseMissingRoom(wasm: TfjsWasm): void {
  wasm._free(wasm._malloc(1)); // its first call puts the allocator in its own place
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const offset = bytes < 2 ** 32 ? allocate(bytes) >>> 0 : 0; // more would wrap around
    if (offset || bytes === 0) return offset;
    throw new SequiturError({
      where: 'WebAssembly memory',
      expected: `room for ${bytes} bytes`,
      got: `none left of ${wasm.asm.memory.buffer.byteLength}`,
      fix: 'Use a smaller batch or a shorter text, or dispose tensors that are no longer needed',
    });
  };
}

function memoryOf(backend: BackendWasm, wasm: TfjsWasm, panelBytes: number): WasmMemory {
  const allocate = (bytes: number): Offset => wasm._malloc(Math.max(bytes, 16));
  const offset = ({ dataId }: TensorInfo): Offset => backend.dataIdMap.get(dataId).memoryOffset;
  return {
    offset,
    offsetOr0: (tensor) => (tensor ? offset(tensor) : 0),
    output: (shape, dtype = 'float32') => backend.makeOutput([...shape], dtype),
    values: (tensor) => new Float32Array(wasm.asm.memory.buffer, offset(tensor), util.sizeFromShape(tensor.shape)),
    integers: (at, count) => new Int32Array(wasm.asm.memory.buffer, at, count),
    withScratch: (bytes, use) => {
      const scratch = allocate(bytes);
      try {
        return use(scratch);
      } finally {
        wasm._free(scratch);
      }
    },
    panels: allocate(panelBytes),
  };
}
