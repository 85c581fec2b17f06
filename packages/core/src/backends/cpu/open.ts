import type { OpenedBackend } from '../backend.js';

/** tfjs's backend of plain JavaScript: slow, and there everywhere. */
export async function openCpu(): Promise<OpenedBackend> {
  await import('@tensorflow/tfjs-backend-cpu');
  return {
    capabilities: {
      threads: {
        found: false,
        detail: 'plain JavaScript on one thread',
        toGetMore: "openBackend('wasm') is many times as fast and runs in every browser and in Node",
      },
    },
    sync: async () => {},
    reserved: (live) => live,
  };
}
