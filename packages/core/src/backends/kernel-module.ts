import type { BackendName } from './backend.js';

/** A module of kernels that is loaded when their backend is opened, so that pages on another one never load it. */
export interface KernelModule<Kernels> {
  /** The kernels, or null while they load or the backend is not open. @throws the error of their loading */
  readonly kernels: () => Kernels | null;
}

interface Entry {
  loading?: Promise<void>;
  readonly load: () => Promise<void>;
}

const modules = new Map<BackendName, Entry[]>();
const opened = new Set<BackendName>();

/**
 * Registers a module of kernels. If its backend is open already, as for a package that a page imports later, it is
 * loaded at once; until then, operations run their references.
 *
 * @param load `() => import('./kernels-on-webgpu.js')`
 */
export function kernelModule<Kernels>(backend: BackendName, load: () => Promise<Kernels>): KernelModule<Kernels> {
  let kernels: Kernels | null = null;
  let failure: unknown;
  const entry: Entry = {
    load: async () => {
      kernels = await load();
      failure = undefined;
    },
  };
  modules.set(backend, [...(modules.get(backend) ?? []), entry]);
  if (opened.has(backend)) {
    loadOnce(entry).catch((error: unknown) => {
      failure = error;
    });
  }
  return {
    kernels: () => {
      if (failure !== undefined) throw failure;
      return kernels;
    },
  };
}

/** Waits until all registered kernels of a backend are loaded. */
export async function loadKernelModules(backend: BackendName): Promise<void> {
  opened.add(backend);
  await Promise.all((modules.get(backend) ?? []).map(loadOnce));
}

/** Loads it once, or again where that failed. */
function loadOnce(entry: Entry): Promise<void> {
  entry.loading ??= entry.load().catch((error: unknown) => {
    delete entry.loading;
    throw error;
  });
  return entry.loading;
}
