import { engine, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { SequiturError } from '../errors.js';
import { expectOneCopy } from '../one-copy.js';
import { checkArgument, checkOptions, option, optionsOf } from '../options/index.js';
import type { Backend, BackendName, OpenedBackend } from './backend.js';
import { registerGradients } from './gradients.js';
import { loadKernelModules } from './kernel-module.js';
import { type MemoryMeter, startMemoryMeter } from './memory-meter.js';

export interface OpenBackendOptions {
  /**
   * Whether to accept a WebGPU adapter that computes on the CPU (llvmpipe, SwiftShader). Such an adapter is slower than
   * wasm and skipped while another backend remains. Default: true where WebGPU is the only choice, else false.
   */
  readonly allowSoftwareAdapter?: boolean;
  /**
   * Whether wasm may fuse multiply-adds (relaxed SIMD), which round once instead of twice: products are a third faster,
   * and their last bit differs from that of machines without it. In Node 20 this enables V8's flag. Default: true.
   */
  readonly fusedProducts?: boolean;
  /**
   * Whether attention on WebGPU may hold keys and values in float16, where the adapter has `shader-f16`: twice as many
   * fit at a time, with three decimal digits and magnitudes of at most 65,504. Sums and gradients stay float32.
   * Default: false.
   */
  readonly halfPrecision?: boolean;
  /**
   * Number of threads of wasm, the main thread included: workers that share its memory, in Node and in cross-origin
   * isolated pages; elsewhere one. Results are equal bit for bit. Default: the number of processor cores, at most
   * eight.
   */
  readonly threads?: number;
}

/** Most threads of a backend. */
const MOST_THREADS = 64;

const backendOptions = optionsOf<OpenBackendOptions>({
  allowSoftwareAdapter: option.optional(option.flag),
  fusedProducts: option.optional(option.flag),
  halfPrecision: option.optional(option.flag),
  threads: option.optional(option.integer(1, MOST_THREADS)),
});

type ResolvedOptions = Required<Omit<OpenBackendOptions, 'threads'>> & { readonly threads: number | undefined };

/** Each is loaded when it is first asked for. */
const openers: Readonly<Record<BackendName, (options: ResolvedOptions) => Promise<OpenedBackend>>> = {
  webgpu: async (options) => (await import('./webgpu/open.js')).openWebGpu(options),
  wasm: async (options) => (await import('./wasm/open.js')).openWasm(options),
  cpu: async () => (await import('./cpu/open.js')).openCpu(),
};

interface Open {
  readonly backend: Backend;
  readonly isLost: () => boolean;
  readonly release: () => void;
}

const open = new Map<BackendName, Open>();
let meter: MemoryMeter | undefined;
/** The last call of `openBackend`, failed or not. */
let lastCall: Promise<unknown> = Promise.resolve();

/**
 * Opens the first available backend of the list with all gradients and kernels, and makes it the backend of tfjs
 * operations. An open backend is reused unless its device was lost. Concurrent calls run one after another, so that
 * none opens a backend twice.
 *
 * @param preference in order; default webgpu, then wasm, then cpu.
 * @throws SequiturError with the reason for which each backend of the list did not open
 */
export function openBackend(
  preference: BackendName | readonly BackendName[] = ['webgpu', 'wasm', 'cpu'],
  options: OpenBackendOptions = {},
): Promise<Backend> {
  const call = lastCall.then(async () => check(preference, options)).then(() => openFirst(preference, options));
  lastCall = call.catch(() => {});
  return call;
}

const preferenceRule = option.either(
  'the name of a backend, or a list of them',
  option.text,
  option.listOf(option.text),
);

function check(preference: BackendName | readonly BackendName[], options: OpenBackendOptions): void {
  checkArgument('openBackend, preference', preferenceRule, preference);
  checkOptions('openBackend', backendOptions, options);
}

async function openFirst(
  preference: BackendName | readonly BackendName[],
  options: OpenBackendOptions,
): Promise<Backend> {
  expectOneCopy();
  const names = typeof preference === 'string' ? [preference] : preference;
  const { allowSoftwareAdapter = names.length === 1, fusedProducts = true, halfPrecision = false, threads } = options;
  await registerGradients();
  const failures: unknown[] = [];
  for (const name of names) {
    if (!Object.hasOwn(openers, name)) throw unknownBackend(name);
    try {
      return await openOne(name, { allowSoftwareAdapter, fusedProducts, halfPrecision, threads });
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  const reasons = failures.map(
    (error, index) => `\n  ${names[index]}: ${error instanceof Error ? error.message : error}`,
  );
  throw new SequiturError({
    where: 'openBackend',
    expected: `one of ${names.join(', ')} to open`,
    got: reasons.length ? `${reasons.join('')}\n` : 'an empty list',
    fix: "Use 'cpu', which is always available, or resolve the errors above",
  });
}

async function openOne(name: BackendName, options: ResolvedOptions): Promise<Backend> {
  const existing = open.get(name);
  if (existing?.isLost()) closeBackend(name);
  else if (existing) {
    await loadKernelModules(name);
    await use(name);
    return existing.backend;
  }
  const opened = await openers[name](options);
  try {
    await loadKernelModules(name);
    await use(name);
  } catch (error) {
    opened.release?.();
    closeBackend(name);
    throw error;
  }
  meter ??= startMemoryMeter();
  const backend = present(name, opened, meter);
  open.set(name, { backend, isLost: () => opened.isLost?.() ?? false, release: () => opened.release?.() });
  return backend;
}

async function use(name: BackendName): Promise<void> {
  if (await setBackend(name)) return;
  throw new SequiturError({
    where: 'openBackend',
    expected: `tfjs to start '${name}'`,
    got: 'a failure, which the console describes',
  });
}

function present(name: BackendName, opened: OpenedBackend, meter: MemoryMeter): Backend {
  return {
    name,
    capabilities: opened.capabilities,
    sync: opened.sync,
    memory: () => ({
      live: meter.live,
      peak: meter.peak,
      reserved: opened.reserved(meter.live),
      tensors: meter.tensors,
    }),
    resetPeak: () => meter.resetPeak(),
    close: () => closeBackend(name),
  };
}

/** Closes a backend, so that the next `openBackend` opens it again; its tensors are lost. */
export function closeBackend(name: BackendName): void {
  open.get(name)?.release();
  open.delete(name);
  const known = engine().registryFactory[name];
  if (known || engine().registry[name]) removeBackend(name);
  // tfjs's packages register their backend once, on import; ours for WebGPU holds the lost device.
  if (known && name !== 'webgpu') registerBackend(name, known.factory, known.priority);
}

function unknownBackend(name: string): SequiturError {
  return new SequiturError({
    where: 'openBackend',
    expected: `a list of ${Object.keys(openers).join(', ')}`,
    got: `'${name}'`,
  });
}
