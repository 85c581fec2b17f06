import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { codeOf } from '@sequitur/core';

/**
 * How fast this processor multiplies and adds float32 in WebAssembly when nothing has to be fetched: with fused products
 * where those are.
 */
export interface PeakLoop {
  /** Floating point operations of one run. */
  readonly flops: number;
  run(): void;
}

/** The same on several threads at once. */
export interface PeakThreads {
  readonly flops: number;
  run(): Promise<void>;
  close(): Promise<void>;
}

const INNER = 256;
const CALLS = 400;
const TILE = 4 * 8;

/** Long enough, some tens of milliseconds, that telling a thread to run takes no share of it. */
const CALLS_OF_THREADS = 200 * CALLS;

/** The register tile of a matrix product, again and again on the same two panels in the level 1 cache. */
export async function openPeakLoop(): Promise<PeakLoop> {
  const { KERNELS } = await import('./peak.generated.js');
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  new Float32Array(memory.buffer).fill(1e-3);
  const { instance } = await WebAssembly.instantiate(codeOf(KERNELS), { env: { memory } });
  const { registerTile } = instance.exports as { registerTile(calls: number, inner: number): void };
  return { flops: flopsOf(CALLS), run: () => registerTile(CALLS, INNER) };
}

/**
 * The register tile on each of `threads` threads: what they can reach together, which is less than that of one times
 * their number where they share a core or others use the machine.
 */
export async function openPeakThreads(threads: number): Promise<PeakThreads> {
  const { KERNELS } = await import('./peak.generated.js');
  const workerData = { code: codeOf(KERNELS), calls: CALLS_OF_THREADS, inner: INNER };
  const script = new URL('./peak-thread.mjs', import.meta.url);
  const workers = Array.from({ length: threads }, () => new Worker(script, { workerData, execArgv: [] }));
  const answers = () => Promise.all(workers.map((worker) => once(worker, 'message')));
  await answers();
  return {
    flops: threads * flopsOf(CALLS_OF_THREADS),
    run: async () => {
      const done = answers();
      for (const worker of workers) worker.postMessage('run');
      await done;
    },
    close: async () => void (await Promise.all(workers.map((worker) => worker.terminate()))),
  };
}

function flopsOf(calls: number): number {
  return 2 * TILE * INNER * calls;
}
