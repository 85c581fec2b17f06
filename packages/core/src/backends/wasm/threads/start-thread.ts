import { isNode } from '../../../is-node.js';
import type { ThreadStart } from './run-thread.js';
import { THREAD_SOURCE } from './thread.generated.js';

export interface RunningThreads {
  terminate(): void;
}

interface StartingThreads {
  /** Resolves when all run, and rejects where one fails before. */
  readonly ready: Promise<unknown>;
  readonly threads: RunningThreads;
}

const IN_NODE = `
const { parentPort, workerData } = require('node:worker_threads');
parentPort.postMessage('ready');
thread.runThread(workerData);`;

/**
 * The main thread sleeps while it waits for the others, and so would not be told that one has ended: a worker that does nothing
 * else starts them and sees it.
 */
const WATCHING_IN_NODE = `
const { parentPort, workerData, Worker } = require('node:worker_threads');
for (const start of workerData.starts) {
  const worker = new Worker(workerData.source, { eval: true, workerData: start, execArgv: [] });
  let failure;
  worker.once('message', () => parentPort.postMessage({}));
  worker.once('error', (error) => (failure = error));
  worker.once('exit', () => {
    thread.reportEnd(start.board);
    parentPort.postMessage({ failure: String(failure?.message ?? 'a worker ended as it started') });
  });
}
parentPort.on('message', () => {}); // lives until it is terminated`;

const IN_PAGE = `
onmessage = ({ data }) => {
  postMessage('ready');
  thread.runThread(data);
};`;

/** A system without resources for another worker may never report it. */
const STARTS_WITHIN = 10_000;

/**
 * Starts workers of Node or of the page that run `runThread`. In Node they do not keep the process alive.
 *
 * @throws the reason for which one did not start; then none runs
 */
export async function startThreads(starts: readonly ThreadStart[]): Promise<RunningThreads> {
  const { ready, threads } = isNode() ? await startInNode(starts) : startInPage(starts);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const reason = new Error(`a worker did not start within ${STARTS_WITHIN / 1000} s`);
    timer = setTimeout(() => reject(reason), STARTS_WITHIN);
  });
  try {
    await Promise.race([ready, late]);
    return threads;
  } catch (error) {
    threads.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function startInNode(starts: readonly ThreadStart[]): Promise<StartingThreads> {
  const { Worker } = await import('node:worker_threads');
  // The workers must not load what this process preloads, compilers and test runners for example.
  const workerData = { source: THREAD_SOURCE + IN_NODE, starts };
  const watcher = new Worker(THREAD_SOURCE + WATCHING_IN_NODE, { eval: true, workerData, execArgv: [] });
  const ready = new Promise<void>((resolve, reject) => {
    let started = 0;
    watcher.on('message', ({ failure }: { readonly failure?: string }) => {
      if (failure !== undefined) reject(new Error(failure));
      else if (++started === starts.length) resolve();
    });
    watcher.once('error', reject);
  });
  return { ready: ready.then(() => watcher.unref()), threads: { terminate: () => void watcher.terminate() } };
}

function startInPage(starts: readonly ThreadStart[]): StartingThreads {
  const address = URL.createObjectURL(new Blob([THREAD_SOURCE, IN_PAGE], { type: 'text/javascript' }));
  const workers = starts.map(() => new Worker(address));
  const ready = workers.map(
    (worker, index) =>
      new Promise((resolve, reject) => {
        worker.onmessage = resolve;
        worker.onerror = ({ message }) =>
          reject(new Error(message || 'the page forbids workers (worker-src of its CSP)'));
        worker.postMessage(starts[index]);
      }),
  );
  return {
    ready: Promise.all(ready).finally(() => URL.revokeObjectURL(address)),
    threads: {
      terminate: () => {
        for (const worker of workers) worker.terminate();
      },
    },
  };
}
