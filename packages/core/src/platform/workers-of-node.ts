import { Worker } from 'node:worker_threads';
import type { StartingWorkers } from './starting-workers.js';

const IN_NODE = `
const { parentPort, workerData } = require('node:worker_threads');
parentPort.postMessage('ready');
thread.runThread(workerData);`;

/**
 * The main thread sleeps while it waits for the others and would not notice that one has ended: so a separate worker
 * starts and watches them.
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

/**
 * Workers of Node, each of which runs `thread.runThread` of `source` with one of `starts`. They do not keep the process alive.
 */
export function startWorkers(source: string, starts: readonly unknown[]): StartingWorkers {
  // The workers must not load what this process preloads, compilers and test runners for example.
  const workerData = { source: source + IN_NODE, starts };
  const watcher = new Worker(source + WATCHING_IN_NODE, { eval: true, workerData, execArgv: [] });
  const ready = new Promise<void>((resolve, reject) => {
    let started = 0;
    watcher.on('message', ({ failure }: { readonly failure?: string }) => {
      if (failure !== undefined) reject(new Error(failure));
      else if (++started === starts.length) resolve();
    });
    watcher.once('error', reject);
  });
  return { ready: ready.then(() => watcher.unref()), workers: { terminate: () => void watcher.terminate() } };
}
