/** A thread of `openPeakThreads`: runs the register tile on separate memory on request. */
import { parentPort, workerData } from 'node:worker_threads';

const { code, calls, inner } = workerData;
const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
new Float32Array(memory.buffer).fill(1e-3);
const { instance } = await WebAssembly.instantiate(code, { env: { memory } });
parentPort.on('message', () => {
  instance.exports.registerTile(calls, inner);
  parentPort.postMessage('done');
});
parentPort.postMessage('ready');
