import type { OpenedBackend } from '../backend.js';
import { registerMatMul } from './mat-mul.js';

/** tfjs's plain JavaScript backend with kernels of Sequitur: slow, available everywhere. */
export async function openCpu(): Promise<OpenedBackend> {
  await import('@tensorflow/tfjs-backend-cpu');
  registerMatMul();
  return {
    capabilities: {
      threads: {
        found: false,
        detail: 'plain JavaScript on one thread',
        hint: "openBackend('wasm') is many times faster and runs in every browser and in Node",
      },
    },
    sync: async () => {},
    reserved: (live) => live,
  };
}
