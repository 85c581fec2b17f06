import { isNode } from '../../../is-node.js';
import type { ThreadStart } from './run-thread.js';
import { THREAD_SOURCE } from './thread.generated.js';

export interface RunningThread {
  terminate(): void;
}

interface StartingThread {
  /** Resolves with the first message of the worker, and rejects where it fails before. */
  readonly ready: Promise<unknown>;
  readonly thread: RunningThread;
}

const IN_NODE = `
const { parentPort, workerData } = require('node:worker_threads');
parentPort.postMessage('ready');
thread.runThread(workerData);`;

const IN_PAGE = `
onmessage = ({ data }) => {
  postMessage('ready');
  thread.runThread(data);
};`;

/** A system without resources for another worker may never report it. */
const STARTS_WITHIN = 10_000;

/**
 * Starts a worker of Node or of the page that runs `runThread`. In Node it does not keep the process alive.
 *
 * @throws the reason for which it did not start
 */
export async function startThread(start: ThreadStart): Promise<RunningThread> {
  const { ready, thread } = isNode() ? await startInNode(start) : startInPage(start);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const reason = new Error(`a worker did not start within ${STARTS_WITHIN / 1000} s`);
    timer = setTimeout(() => reject(reason), STARTS_WITHIN);
  });
  try {
    await Promise.race([ready, late]);
    return thread;
  } catch (error) {
    thread.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function startInNode(start: ThreadStart): Promise<StartingThread> {
  const { Worker } = await import('node:worker_threads');
  // The worker must not load what this process preloads, compilers and test runners for example.
  const worker = new Worker(THREAD_SOURCE + IN_NODE, { eval: true, workerData: start, execArgv: [] });
  const ready = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  return { ready: ready.then(() => worker.unref()), thread: { terminate: () => void worker.terminate() } };
}

function startInPage(start: ThreadStart): StartingThread {
  const address = URL.createObjectURL(new Blob([THREAD_SOURCE, IN_PAGE], { type: 'text/javascript' }));
  const worker = new Worker(address);
  const ready = new Promise((resolve, reject) => {
    worker.onmessage = resolve;
    worker.onerror = ({ message }) => reject(new Error(message || 'the page forbids workers (worker-src of its CSP)'));
  });
  worker.postMessage(start);
  return { ready: ready.finally(() => URL.revokeObjectURL(address)), thread: worker };
}
