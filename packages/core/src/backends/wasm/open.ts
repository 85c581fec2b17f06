import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, env, setBackend } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import type { Capability, OpenedBackend } from '../backend.js';
import { registerAdd } from './add.js';
import { allowFusedProducts, fusesProducts } from './compiled-kernels.js';
import { registerGatherRows } from './gather-rows.js';
import { loadWasmKernels } from './instance.js';
import { registerMatMul } from './mat-mul.js';
import { withoutListeners } from './process-listeners.js';
import { registerSharedValues } from './shared-values.js';
import { registerSlices } from './slice.js';
import { tfjsOf } from './tensor-memory.js';
import { useEmbeddedBinary } from './tfjs-binary.js';
import { planThreads, startThreads } from './threads/plan-threads.js';
import { Threads } from './threads/threads.js';

export interface WasmOptions {
  readonly fusedProducts: boolean;
  readonly threads: number | undefined;
}

/** tfjs's wasm backend with kernels of Sequitur in the same memory. */
export async function openWasm(options: WasmOptions): Promise<OpenedBackend> {
  const plan = planThreads(options.threads);
  const tfjs = await import('@tensorflow/tfjs-backend-wasm');
  if (!(await env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new SequiturError({
      where: 'WebAssembly',
      expected: '128-bit SIMD',
      got: 'a browser or version of Node without it',
      fix: 'Use a browser from 2021 or later, or Node 20',
    });
  }
  // tfjs's threaded build does not start in Node, and would be loaded in addition to the plain one, which everything
  // else needs.
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  allowFusedProducts(options.fusedProducts);
  await useEmbeddedBinary(tfjs.setWasmPaths, { share: plan.count > 1 });
  await withoutListeners(() => setBackend('wasm'));
  const opened = backend() as BackendWasm;
  const { memory } = tfjsOf(opened).asm;
  const threads = new Threads();
  const threadCapability = await startThreads(threads, plan, memory);
  try {
    await loadWasmKernels(opened, threads);
  } catch (error) {
    threads.close();
    throw error;
  }
  registerMatMul();
  registerSharedValues();
  registerAdd();
  registerGatherRows();
  registerSlices();
  return {
    capabilities: {
      simd: { found: true, detail: '128 bits wide' },
      fusedProducts: describeFusedProducts(options.fusedProducts),
      threads: threadCapability,
    },
    sync: async () => {},
    reserved: () => memory.buffer.byteLength,
    release: () => threads.close(),
  };
}

function describeFusedProducts(asked: boolean): Capability {
  if (fusesProducts()) return { found: true, detail: 'relaxed SIMD' };
  const slower = 'products take a third longer';
  return asked
    ? {
        found: false,
        detail: `no relaxed SIMD here: ${slower}`,
        hint: 'Use Chrome 114 or later, or Node 20 or later',
      }
    : { found: false, detail: `not requested: ${slower}` };
}
