import { openBackend } from '@sequitur/core';
import { expect, it } from 'vitest';
import { openStockBesideOurs } from '../src/stock/stock-backend.js';

it('refuses to copy our kernels as those of tfjs', async () => {
  await openBackend('wasm');
  await expect(openStockBesideOurs({ threads: 1 })).rejects.toThrow(/openStockBesideOurs.*our kernels/s);
});
