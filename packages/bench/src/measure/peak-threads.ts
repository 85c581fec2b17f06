import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { codeOf } from '@sequitur/core';
import { CALLS, flopsOf, INNER } from './peak.js';

/** The loop of `openPeakLoop` on several threads at once (Node). */
export interface PeakThreads {
  readonly flops: number;
  run(): Promise<void>;
  close(): Promise<void>;
}

/** Enough calls (tens of milliseconds) that the message to the thread takes a negligible part. */
const CALLS_OF_THREADS = 200 * CALLS;

/**
 * The register tile on each of `threads` threads: their joint peak, which is below that of one thread times their
 * number if they share cores or the machine is loaded.
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
