/** What the backends need from a page or a worker of one. `#platform` in package.json names this file or `node.ts`. */
import { SequiturError } from '../errors.js';

export { startWorkers } from './workers-of-page.js';

/** Whether threads can share memory: a page and its workers can where the page is cross-origin isolated. */
export function sharesMemory(): boolean {
  return globalThis.crossOriginIsolated === true;
}

export function processorCount(): number {
  return globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Does nothing: browsers have relaxed SIMD without a flag, or not at all. */
export function enableRelaxedSimd(): void {}

/** Always throws: it is called where there is no `navigator.gpu`, and a page has no other way to a GPU. */
export async function openGpu(): Promise<GPU> {
  throw new SequiturError({
    where: 'WebGPU',
    expected: 'navigator.gpu',
    got: 'a browser without it, or a page that is not served over https or from localhost',
    fix: 'Use a current Chrome, Edge, Safari or Firefox over https',
  });
}

/** Undefined: the garbage collectors of browsers account for the size of buffers. */
export function garbageCollector(): (() => void) | undefined {
  return undefined;
}
