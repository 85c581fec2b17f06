import {
  type Backend,
  type BackendName,
  type OpenBackendOptions,
  openBackend,
  SequiturError,
  wasmInstance,
} from '@sequitur/core';
import { backend } from '@tensorflow/tfjs-core';

/** The number of threads is required, since every measurement must state it. */
export type ThreadedOptions = Required<Pick<OpenBackendOptions, 'threads'>> & Omit<OpenBackendOptions, 'threads'>;

/**
 * Opens a backend, and checks that WebAssembly has the given number of threads.
 *
 * @throws SequiturError if they do not start, if the backend is open with another number, and as `openBackend`
 */
export async function openWithThreads(name: BackendName, options: ThreadedOptions): Promise<Backend> {
  const opened = await openBackend(name, options);
  const found = threadsOfOurs();
  if (name !== 'wasm' || found === options.threads) return opened;
  throw new SequiturError({
    where: 'bench, threads of WebAssembly',
    expected: String(options.threads),
    got: `${found} (${opened.capabilities.threads?.detail})`,
    fix: 'A backend keeps its threads until it is closed: close it first; if threads do not start, measure with one',
  });
}

/** Number of threads of tfjs's current backend, as it reports it. */
export function threadsOfOurs(): number {
  return wasmInstance(backend())?.threads ?? 1;
}
