import { engine, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { SequiturError } from '../errors.js';
import { expectOneCopy } from '../one-copy.js';
import type { Backend, BackendName, OpenedBackend } from './backend.js';
import { openCpu } from './cpu/open.js';
import { registerGradients } from './gradients.js';
import { type MemoryMeter, startMemoryMeter } from './memory-meter.js';
import { openWasm } from './wasm/open.js';
import { openWebGpu } from './webgpu/open.js';

export interface OpenBackendOptions {
  /**
   * Take a WebGPU adapter that computes on the processor (llvmpipe, SwiftShader). By default such an adapter is passed
   * over where another backend is left to try, since it is slower than WebAssembly. Default: true where WebGPU alone
   * is asked for, else false.
   */
  readonly allowSoftwareAdapter?: boolean;
  /**
   * Let WebAssembly fuse products with sums where the machine can (relaxed SIMD), which rounds once where there were two
   * roundings: a third faster, and the last bit differs between machines that can and those that cannot. In Node 20 this
   * switches on V8's flag for it. Default: true.
   */
  readonly fusedProducts?: boolean;
  /**
   * Let WebGPU hold keys and values in 16 bits while attention works on them, where the adapter has `shader-f16`: twice as
   * many at a time, of three digits each and at most 65,504. Sums and gradients keep 32 bits. Default: false.
   */
  readonly halfPrecision?: boolean;
  /**
   * On how many threads WebAssembly computes, this one among them: workers that share its memory, in Node and in pages that
   * are cross-origin isolated; elsewhere it is one. The numbers are the same, bit by bit. Default: as many as the machine
   * has processors, and no more than eight.
   */
  readonly threads?: number;
}

type ResolvedOptions = Required<Omit<OpenBackendOptions, 'threads'>> & { readonly threads: number | undefined };

const openers: Readonly<Record<BackendName, (options: ResolvedOptions) => Promise<OpenedBackend>>> = {
  webgpu: openWebGpu,
  wasm: openWasm,
  cpu: openCpu,
};

interface Open {
  readonly backend: Backend;
  readonly isLost: () => boolean;
  readonly release: () => void;
}

const open = new Map<BackendName, Open>();
let meter: MemoryMeter | undefined;
/** The call of `openBackend` that came last, however it ends. */
let lastCall: Promise<unknown> = Promise.resolve();

/**
 * Opens the first backend of the list that this machine has, with all gradients and our kernels, and makes it the one
 * that tfjs's operations run on. One that is open already is taken as it is, unless its device was lost. Calls made at the
 * same time are answered one after another, so that none opens a second time what another is about to open.
 *
 * @param preference in order; default webgpu, then wasm, then cpu.
 * @throws SequiturError saying for each backend of the list why it did not open
 */
export function openBackend(
  preference: BackendName | readonly BackendName[] = ['webgpu', 'wasm', 'cpu'],
  options: OpenBackendOptions = {},
): Promise<Backend> {
  const call = lastCall.then(() => openFirst(preference, options));
  lastCall = call.catch(() => {});
  return call;
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
    fix: "Ask for 'cpu', which opens everywhere, or mend what stands above",
  });
}

async function openOne(name: BackendName, options: ResolvedOptions): Promise<Backend> {
  const existing = open.get(name);
  if (existing?.isLost()) closeBackend(name);
  else if (existing) {
    await use(name);
    return existing.backend;
  }
  const opened = await openers[name](options);
  await use(name);
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
    got: 'a refusal: see the console',
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

/** Forgets a backend, so that the next `openBackend` opens it afresh; what it held is gone. */
export function closeBackend(name: BackendName): void {
  open.get(name)?.release();
  open.delete(name);
  const known = engine().registryFactory[name];
  if (known || engine().registry[name]) removeBackend(name);
  // tfjs's packages name their backend once, when they are imported; ours for WebGPU holds the device that is gone.
  if (known && name !== 'webgpu') registerBackend(name, known.factory, known.priority);
}

function unknownBackend(name: string): SequiturError {
  return new SequiturError({
    where: 'openBackend',
    expected: `a list of ${Object.keys(openers).join(', ')}`,
    got: `'${name}'`,
  });
}
