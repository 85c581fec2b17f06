/** What the backends ask of a page or a worker of one. `#platform` in package.json names this file or `node.ts`. */
import { SequiturError } from '../errors.js';

export { startWorkers } from './workers-of-page.js';

/** A page shares memory with its workers where it is cross-origin isolated. */
export function sharesMemory(): boolean {
  return globalThis.crossOriginIsolated === true;
}

export function processorCount(): number {
  return globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Browsers have it without a flag, or not at all. */
export function enableRelaxedSimd(): void {}

/** Where there is no `navigator.gpu`, a page has no other way to a GPU. */
export async function openGpu(): Promise<GPU> {
  throw new SequiturError({
    where: 'WebGPU',
    expected: 'navigator.gpu',
    got: 'a browser without it, or a page that is not served over https or from localhost',
    fix: 'Use a current Chrome, Edge, Safari or Firefox over https',
  });
}

/** Browsers count what buffers hold. */
export function garbageCollector(): (() => void) | undefined {
  return undefined;
}
