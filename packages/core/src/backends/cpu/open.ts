import type { OpenedBackend } from '../backend.js';
import { registerMatMul } from './mat-mul.js';

/** tfjs's backend of plain JavaScript, with our kernels beside its own: slow, and there everywhere. */
export async function openCpu(): Promise<OpenedBackend> {
  await import('@tensorflow/tfjs-backend-cpu');
  registerMatMul();
  return {
    capabilities: {
      threads: {
        found: false,
        detail: 'plain JavaScript on one thread',
        hint: "openBackend('wasm') is many times as fast and runs in every browser and in Node",
      },
    },
    sync: async () => {},
    reserved: (live) => live,
  };
}
