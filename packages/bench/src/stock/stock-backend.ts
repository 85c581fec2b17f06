import { openBackend } from '@sequitur/core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, copyRegisteredKernels, registerBackend, setBackend } from '@tensorflow/tfjs-core';

/** tfjs's WebAssembly backend as it comes from npm, beside ours in one process. */
export const STOCK = 'stock-wasm';

/**
 * Opens both. tfjs's kernels are copied to a name of their own before ours replace some of them; the two names share
 * one instance of tfjs's binary and its memory, so that they differ in nothing but the kernels.
 */
export async function openStockBesideOurs(): Promise<void> {
  await import('@tensorflow/tfjs-backend-wasm');
  copyRegisteredKernels('wasm', STOCK);
  await openBackend('wasm');
  const shared = backend() as BackendWasm;
  registerBackend(STOCK, () => shared);
  await useStock();
  await useOurs();
}

export async function useStock(): Promise<void> {
  await setBackend(STOCK);
}

export async function useOurs(): Promise<void> {
  await setBackend('wasm');
}
