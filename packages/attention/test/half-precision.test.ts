import { closeBackend, openBackend } from '@sequitur/core';
import { onEachBackend } from '@sequitur/laws';
import { randomNormal, type Tensor4D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { attention, slidingWindow } from '../src/index.js';
import { alwaysUseBlockKernels } from '../src/ops/scaled-dot-product/webgpu/heuristics.js';

onEachBackend(
  'attention in half precision',
  (name) => {
    it('holds keys and values in 16 bits where that is asked for, and sums in 32', async () => {
      alwaysUseBlockKernels();
      closeBackend(name);
      const precise = await openBackend(name);
      expect(precise.capabilities.halfPrecision).toMatchObject({ found: false, detail: 'not requested' });
      const wanted = await outcome();
      closeBackend(name);
      const { capabilities } = await openBackend(name, { halfPrecision: true });
      const found = await outcome();
      closeBackend(name);
      expect(capabilities.halfPrecision!.found).toBe(capabilities.f16!.found);
      const error = worst(found, wanted);
      expect(error).toBeLessThan(3e-3);
      if (capabilities.f16!.found) expect(error).toBeGreaterThan(1e-5);
    });
  },
  ['webgpu'],
);

/** Heads of 6 and values of 5, which every adapter reads through workgroup memory. */
async function outcome(): Promise<Float32Array> {
  const draw = (heads: number, size: number, seed: number) => randomNormal([1, 70, heads, size], 0, 1, 'float32', seed);
  const [query, key, value] = [draw(4, 6, 1), draw(2, 6, 2), draw(2, 5, 3)] as [Tensor4D, Tensor4D, Tensor4D];
  return attention(query, key, value, { pattern: slidingWindow(40) }).data() as Promise<Float32Array>;
}

function worst(found: Float32Array, wanted: Float32Array): number {
  const largest = Math.max(...wanted.map(Math.abs));
  return Math.max(...found.map((value, i) => Math.abs(value - wanted[i]!))) / largest;
}
