import { backend, type KernelBackend, tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { wasmInstance } from '../../src/backends/wasm/instance.js';
import { openBackend } from '../../src/index.js';

beforeAll(async () => {
  await openBackend('wasm');
});

it('refuses a tensor for which there is no room, and leaves the others as they are', () => {
  const { output } = wasmInstance(backend() as KernelBackend)!;
  const small = tensor1d([7, 8, 9]);
  // Four of 1 GiB do not fit beside anything. tfjs itself would put the last one at address 0, over others.
  const gigabytes = () => [1, 2, 3, 4].map(() => output([2 ** 28]));
  expect(gigabytes).toThrow(/WebAssembly memory.*room for 1073741824 bytes/s);
  expect([...small.dataSync()]).toEqual([7, 8, 9]);
});

it('refuses scratch of more bytes than an address can say', () => {
  const { withScratch } = wasmInstance(backend() as KernelBackend)!;
  expect(() => withScratch(2 ** 32 + 16, (offset) => offset)).toThrow(/room for 4294967312 bytes/);
});
