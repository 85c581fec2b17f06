import { SequiturError } from '@sequitur/core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, copyRegisteredKernels, engine, registerBackend, setBackend } from '@tensorflow/tfjs-core';
import { openWithThreads, type ThreadedOptions } from '../measure/open-with-threads.js';

/** tfjs's WebAssembly backend as it comes from npm, beside ours in one process. */
export const STOCK = 'stock-wasm';

/**
 * Opens both. tfjs's kernels are copied to a name of their own before ours replace some of them; the two names share
 * one instance of tfjs's binary and its memory, so that they differ in nothing but the kernels. Once open they stay as
 * they are, whichever suite asks for them.
 *
 * @throws SequiturError where WebAssembly was opened before: what would be copied then are our kernels; and as
 * `openWithThreads`
 */
export async function openStockBesideOurs(options: ThreadedOptions): Promise<void> {
  const { registry } = engine();
  if (!(STOCK in registry)) {
    if ('wasm' in registry) {
      throw new SequiturError({
        where: 'openStockBesideOurs',
        expected: "WebAssembly not open yet, so that tfjs's own kernels are there to be copied",
        got: 'a backend with kernels of ours in their place',
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
