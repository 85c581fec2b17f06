import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, env, setBackend } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import type { Capability, OpenedBackend } from '../backend.js';
import { registerAdd } from './add.js';
import { allowFusedProducts, fusesProducts } from './compiled-kernels.js';
import { registerGatherRows } from './gather-rows.js';
import { loadWasmKernels } from './instance.js';
import { registerMatMul } from './mat-mul.js';
import { registerSharedValues } from './shared-values.js';

/** tfjs's WebAssembly backend with our kernels beside its own, on the same memory. */
export async function openWasm(options: { readonly fusedProducts: boolean }): Promise<OpenedBackend> {
  const tfjs = await import('@tensorflow/tfjs-backend-wasm');
  if (!(await env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new SequiturError({
      where: 'WebAssembly',
      expected: '128-bit SIMD',
      got: 'a browser or a Node without it',
      fix: 'Use a browser from 2021 or later, or Node 20',
    });
  }
  // The memory of tfjs's threaded build is shared, and modules for unshared memory do not link with it.
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await allowFusedProducts(options.fusedProducts);
  if (!isNode()) await useEmbeddedBinary(tfjs.setWasmPaths);
  await setBackend('wasm');
  const opened = backend() as BackendWasm;
  await loadWasmKernels(opened);
  registerMatMul();
  registerSharedValues();
  registerAdd();
  registerGatherRows();
  const { memory } = (opened.wasm as unknown as { asm: { memory: WebAssembly.Memory } }).asm;
  return {
    capabilities: {
      simd: { found: true, detail: '128 bits wide' },
      fusedProducts: describeFusedProducts(options.fusedProducts),
      threads: {
        found: false,
        detail: 'one: the kernels’ memory is not shared',
        toGetMore: "openBackend('webgpu') computes in parallel where there is a graphics card",
      },
    },
    sync: async () => {},
    reserved: () => memory.buffer.byteLength,
  };
}

function describeFusedProducts(asked: boolean): Capability {
  if (fusesProducts()) return { found: true, detail: 'relaxed SIMD' };
  const slower = 'products take about four thirds of the time';
  return asked
    ? {
        found: false,
        detail: `no relaxed SIMD here: ${slower}`,
        toGetMore: 'Chrome since 114 has it, and Node since 20',
      }
    : { found: false, detail: `not asked for: ${slower}` };
}

function isNode(): boolean {
  return typeof process !== 'undefined' && process.versions?.node !== undefined && typeof window === 'undefined';
}

/** In a page tfjs would fetch its binary from beside the script, where no bundler has put it: it comes as a module. */
async function useEmbeddedBinary(setWasmPaths: (paths: Record<string, string>) => void): Promise<void> {
  const { TFJS_WASM_SIMD_BASE64 } = await import('./tfjs-binary.generated.js');
  const binary = `data:application/octet-stream;base64,${TFJS_WASM_SIMD_BASE64}`;
  // tfjs insists on a path for each of its builds, though it only asks for the one with SIMD.
  const builds = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];
  setWasmPaths(Object.fromEntries(builds.map((build) => [build, binary])));
}
