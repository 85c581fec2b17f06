/** The script of a worker, bundled into `thread.generated.ts`: Node hands it at the start what a page sends it. */
import { runThread, type ThreadStart } from './run-thread.js';

declare const require: ((name: 'node:worker_threads') => typeof import('node:worker_threads')) | undefined;

if (typeof require === 'function') {
  const { parentPort, workerData } = require('node:worker_threads');
  parentPort!.postMessage('ready');
  runThread(workerData as ThreadStart);
} else {
  globalThis.onmessage = ({ data }: MessageEvent<ThreadStart>) => {
    globalThis.postMessage('ready');
    runThread(data);
  };
}
