import { codeOf } from '@sequitur/core';

/**
 * The CPU's peak float32 multiply-add throughput in WebAssembly without memory traffic, with fused multiply-add where
 * supported.
 */
export interface PeakLoop {
  /** Floating point operations of one run. */
  readonly flops: number;
  run(): void;
}

export const INNER = 256;
export const CALLS = 400;
const TILE = 4 * 8;

/** The register tile of a matrix product, repeated on the same two panels in the L1 cache. */
export async function openPeakLoop(): Promise<PeakLoop> {
  const { KERNELS } = await import('./peak.generated.js');
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  new Float32Array(memory.buffer).fill(1e-3);
  const { instance } = await WebAssembly.instantiate(codeOf(KERNELS), { env: { memory } });
  const { registerTile } = instance.exports as { registerTile(calls: number, inner: number): void };
  return { flops: flopsOf(CALLS), run: () => registerTile(CALLS, INNER) };
}

export function flopsOf(calls: number): number {
  return 2 * TILE * INNER * calls;
}
