import type { StartingWorkers } from './starting-workers.js';

const IN_PAGE = `
onmessage = ({ data }) => {
  postMessage('ready');
  thread.runThread(data);
};`;

/** Workers of the page, each of which runs `thread.runThread` of `source` with one of `starts`. */
export function startWorkers(source: string, starts: readonly unknown[]): StartingWorkers {
  const address = URL.createObjectURL(new Blob([source, IN_PAGE], { type: 'text/javascript' }));
  const running = starts.map(() => new Worker(address));
  const ready = running.map(
    (worker, index) =>
      new Promise((resolve, reject) => {
        worker.onmessage = resolve;
        worker.onerror = ({ message }) =>
          reject(new Error(message || 'the page forbids workers (worker-src of its CSP)'));
        worker.postMessage(starts[index]);
      }),
  );
  const terminate = () => {
    for (const worker of running) worker.terminate();
  };
  return {
    ready: Promise.all(ready).finally(() => URL.revokeObjectURL(address)),
    workers: { terminate },
  };
}
