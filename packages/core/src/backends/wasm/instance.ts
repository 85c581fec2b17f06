import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import { fromText } from './binary-text.js';
import { type CompiledKernels, codeOf, fusesProducts } from './compiled-kernels.js';
import type { Offset, WasmKernels } from './exports.js';
import { allocate, refuseMissingRoom, type TensorMemory, tensorMemory, tfjsOf } from './tensor-memory.js';
import { isShared, onSharedMemory } from './threads/shared-memory.js';
import type { RunAll, Threads } from './threads/threads.js';

/** Kernels bound to the memory of a tfjs backend: those of core, or of another package. */
export interface WasmInstance<Kernels = WasmKernels> extends TensorMemory {
  /** For calls on this thread; a trailing thread argument is then 0. */
  readonly kernels: Kernels;
  /**
   * Calls a kernel once for each list of arguments, on all threads and in any order, and returns when all are done. The
   * index of the thread, from 0 on, is appended to the arguments: for scratch memory per thread.
   *
   * @param calls lists of equal length; no call may read or write what another one writes
   * @param isShared false where waking threads is not worthwhile, see `shouldParallelize`; default true
   */
  readonly runAll: RunAll<keyof Kernels & string>;
  readonly threads: number;
  /** Whether this many multiplications take longer than waking threads. */
  shouldParallelize(multiplications: number): boolean;
  /** Scratch memory of each thread for the packed panels of `gemmBatch`, kept for the life of the backend. */
  readonly panels: Offset;
}

/** What the kernels of all packages share on one backend. */
interface Loaded {
  readonly core: WasmInstance;
  readonly threads: Threads;
}

/** The number of multiplications that take as long as waking threads: some tens of microseconds. */
const PARALLEL_THRESHOLD = 2 ** 19;

const loaded = new WeakMap<KernelBackend, Loaded>();

/** Compiles the kernels of core for the memory of `backend`, once, to run on `threads`. */
export async function loadWasmKernels(backend: BackendWasm, threads: Threads): Promise<void> {
  if (loaded.has(backend)) return;
  refuseMissingRoom(tfjsOf(backend));
  const { MODULE } = fusesProducts()
    ? await import('./kernels-relaxed.generated.js')
    : await import('./kernels-simd.generated.js');
  const code = onMemoryOf(backend, fromText(MODULE));
  const bound = bind<WasmKernels>(backend, threads, await WebAssembly.compile(code), code);
  const panels = allocate(tfjsOf(backend), threads.count * bound.kernels.gemmScratchBytes());
  const { count } = threads;
  const shouldParallelize = (multiplications: number) => count > 1 && multiplications >= PARALLEL_THRESHOLD;
  const core = { ...bound, ...tensorMemory(backend), threads: count, shouldParallelize, panels };
  loaded.set(backend, { core, threads });
}

/** The kernels of core on `backend`, or null where they are not loaded. */
export function wasmInstance(backend: KernelBackend): WasmInstance | null {
  return loaded.get(backend)?.core ?? null;
}

/**
 * The kernels of another package, compiled from its `assembly/` folder by `scripts/wasm-kernels.mjs`.
 *
 * @param compiled the module, which imports `env.memory` and nothing else
 * @returns for a backend its kernels, or null where it is not WebAssembly opened by `openBackend`; the module is
 *   compiled when it is first asked for, so that an import costs nothing
 */
export function wasmKernels<Kernels>(
  compiled: CompiledKernels,
): (backend: KernelBackend) => WasmInstance<Kernels> | null {
  const instances = new WeakMap<KernelBackend, WasmInstance<Kernels>>();
  return (backend) => {
    const existing = instances.get(backend);
    if (existing) return existing;
    const common = loaded.get(backend);
    if (!common) return null;
    const code = onMemoryOf(backend as BackendWasm, codeOf(compiled));
    const module = new WebAssembly.Module(code);
    const instance = { ...common.core, ...bind<Kernels>(backend as BackendWasm, common.threads, module, code) };
    instances.set(backend, instance);
    return instance;
  };
}

/** A module for the memory of that backend, which may be shared. */
function onMemoryOf(backend: BackendWasm, code: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return isShared(tfjsOf(backend).asm.memory) ? onSharedMemory(code) : code;
}

function bind<Kernels>(
  backend: BackendWasm,
  threads: Threads,
  module: WebAssembly.Module,
  code: Uint8Array,
): Pick<WasmInstance<Kernels>, 'kernels' | 'runAll'> {
  const wasm = tfjsOf(backend);
  const { exports } = new WebAssembly.Instance(module, { env: { memory: wasm.asm.memory } });
  const runAll = threads.bind(exports, () => {
    const offset = allocate(wasm, code.length);
    new Uint8Array(wasm.asm.memory.buffer).set(code, offset);
    return { offset, bytes: code.length };
  });
  return { kernels: exports as unknown as Kernels, runAll };
}
