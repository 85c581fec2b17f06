import { expect, it } from 'vitest';
import * as node from '../src/platform/node.js';
import * as page from '../src/platform/page.js';

it('asks a page for all that it asks of Node', () => {
  const here: typeof page = node;
  expect(Object.keys(page).sort()).toEqual(Object.keys(here).sort());
});

it('says that a browser has no WebGPU', async () => {
  await expect(page.openGpu()).rejects.toThrow(/expected navigator\.gpu.*current Chrome/s);
});
