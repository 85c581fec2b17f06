/**
 * What the backends need from Node, and so from Deno and Bun. `#platform` in package.json names this file or `page.ts`.
 */
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

export { garbageCollector, openGpu } from './gpu-of-node.js';
export { startWorkers } from './workers-of-node.js';

/** Whether threads can share memory: those of one process can. */
export function sharesMemory(): boolean {
  return true;
}

export function processorCount(): number {
  return availableParallelism();
}

/** Node 20 has relaxed SIMD with a flag, which can be set at runtime. */
export function enableRelaxedSimd(): void {
  if (process.version.startsWith('v20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
}
