import { SequiturError } from '@sequitur/core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, copyRegisteredKernels, engine, registerBackend, setBackend } from '@tensorflow/tfjs-core';
import { openWithThreads, type ThreadedOptions } from '../measure/open-with-threads.js';

/** Name of tfjs's unmodified WebAssembly backend, next to ours in one process. */
export const STOCK = 'stock-wasm';

/**
 * Opens both backends. tfjs's kernels are registered under a separate name before ours replace some of them. Both names
 * share one instance of tfjs's binary and its memory, so that they differ only in the kernels. Later calls change
 * nothing.
 *
 * @throws SequiturError if WebAssembly is already open, since our kernels would be copied; and as `openWithThreads`
 */
export async function openStockBesideOurs(options: ThreadedOptions): Promise<void> {
  const { registry } = engine();
  if (!(STOCK in registry)) {
    if ('wasm' in registry) {
      throw new SequiturError({
        where: 'openStockBesideOurs',
        expected: "WebAssembly not open yet, so that tfjs's kernels can be copied",
        got: 'a backend with our kernels',
      });
    }
    await import('@tensorflow/tfjs-backend-wasm');
    copyRegisteredKernels('wasm', STOCK);
    await openWithThreads('wasm', options);
    const shared = backend() as BackendWasm;
    registerBackend(STOCK, () => shared);
    await useStock();
  }
  await openWithThreads('wasm', options);
}

export async function useStock(): Promise<void> {
  await setBackend(STOCK);
}

export async function useOurs(): Promise<void> {
  await setBackend('wasm');
}
