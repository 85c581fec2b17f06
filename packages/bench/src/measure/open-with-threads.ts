import {
  type Backend,
  type BackendName,
  type OpenBackendOptions,
  openBackend,
  SequiturError,
  wasmInstance,
} from '@sequitur/core';
import { backend } from '@tensorflow/tfjs-core';

/** Always with a number of threads: what is measured must say with how many, so it does not leave that to the machine. */
export type ThreadedOptions = Required<Pick<OpenBackendOptions, 'threads'>> & Omit<OpenBackendOptions, 'threads'>;

/**
 * Opens a backend, and sees to it that WebAssembly has the threads that its figures will be said to have.
 *
 * @throws SequiturError where they do not start, or where the backend was open before with others; and as `openBackend`
 */
export async function openWithThreads(name: BackendName, options: ThreadedOptions): Promise<Backend> {
  const opened = await openBackend(name, options);
  const found = threadsOfOurs();
  if (name !== 'wasm' || found === options.threads) return opened;
  throw new SequiturError({
    where: 'bench, threads of WebAssembly',
    expected: String(options.threads),
    got: `${found} (${opened.capabilities.threads?.detail})`,
    fix: 'A backend keeps the threads that it was opened with: close it before; where none start, measure with one',
  });
}

/** Of the backend that tfjs's operations run on now, as it says itself. */
export function threadsOfOurs(): number {
  return wasmInstance(backend())?.threads ?? 1;
}
