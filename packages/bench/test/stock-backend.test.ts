import { engine, getKernel } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openStockBesideOurs, STOCK } from '../src/stock/stock-backend.js';

it("keeps tfjs's kernels next to ours", async () => {
  await import('@tensorflow/tfjs-backend-wasm');
  const { kernelFunc: untouched } = getKernel('BatchMatMul', 'wasm');
  await openStockBesideOurs({ threads: 1 });
  await openStockBesideOurs({ threads: 1 });
  expect(getKernel('BatchMatMul', STOCK).kernelFunc).toBe(untouched);
  expect(getKernel('BatchMatMul', 'wasm').kernelFunc).not.toBe(untouched);
  expect(engine().backendName).toBe('wasm');
});
