import { expect, it } from 'vitest';
import { BufferPool, sizeClass } from '../../src/backends/webgpu/buffer-pool.js';
import { partsOf } from '../../src/backends/webgpu/parts.js';

/** A device that only counts. */
function fakeDevice(maxBufferSize = 2 ** 31) {
  const alive = new Set<object>();
  const device = {
    limits: { maxBufferSize },
    createBuffer: ({ size, usage }: { size: number; usage: number }) => {
      const buffer = { size, usage, destroy: () => alive.delete(buffer) };
      alive.add(buffer);
      return buffer;
    },
  };
  return { pool: new BufferPool(device as unknown as GPUDevice), alive };
}

it('rounds sizes up by a quarter at most', () => {
  expect([1, 256, 257, 320, 1000, 1024, 1025].map(sizeClass)).toEqual([256, 256, 320, 320, 1024, 1024, 1280]);
  for (let size = 256; size < 1e6; size = Math.ceil(size * 1.07)) {
    expect(sizeClass(size)).toBeGreaterThanOrEqual(size);
    expect(sizeClass(size) / size).toBeLessThanOrEqual(1.25);
    expect(sizeClass(sizeClass(size))).toBe(sizeClass(size));
  }
});

it('hands a buffer out again for any size of its class, for the same use only', () => {
  const { pool } = fakeDevice();
  const first = pool.acquireBuffer(1000, 1);
  pool.releaseBuffer(first);
  expect(pool.acquireBuffer(900, 1)).toBe(first);
  expect(pool.acquireBuffer(900, 1)).not.toBe(first);
  pool.releaseBuffer(first);
  expect(pool.acquireBuffer(900, 2)).not.toBe(first);
});

it('takes few buffers for a text that grows, where exact sizes would take one for each length', () => {
  const { pool, alive } = fakeDevice();
  for (let length = 1; length <= 1000; length++) pool.releaseBuffer(pool.acquireBuffer(length * 256, 1));
  expect(alive.size).toBeLessThan(45);
});

it('gives buffers back to the GPU, the oldest first, when many more are free than used', () => {
  const { pool, alive } = fakeDevice();
  const buffers = Array.from({ length: 20 }, (_, i) => pool.acquireBuffer(4e6 + i * 2e5, 1));
  const most = pool.numBytesAllocated;
  for (const buffer of buffers) pool.releaseBuffer(buffer);
  expect(pool.numBytesUsed).toBe(0);
  expect(pool.numBytesAllocated).toBeLessThanOrEqual(32 * 2 ** 20);
  expect(pool.numBytesAllocated).toBeLessThan(most / 2);
  expect(alive.has(buffers[0]!)).toBe(false);
  expect(alive.has(buffers.at(-1)!)).toBe(true);
});

it('takes no more than the device gives for one buffer, and refuses what it never gave out', () => {
  const { pool } = fakeDevice(1100);
  expect(pool.acquireBuffer(1030, 1).size).toBe(1100);
  const other = fakeDevice().pool.acquireBuffer(5, 1);
  expect(() => pool.releaseBuffer(other)).toThrow(/not in use/);
  pool.dispose();
  expect([pool.numBytesUsed, pool.numBytesAllocated]).toEqual([0, 0]);
  pool.releaseBuffer(other); // tensors outlive a lost device
});

it('splits a table into parts of whole rows that begin where a binding may', () => {
  for (const [rows, width, bytes] of [
    [90, 20, 4096],
    [50257, 768, 2 ** 27],
    [10, 3, 1e6],
  ] as const) {
    const parts = partsOf(rows * width, bytes, width);
    let next = 0;
    for (const { start, count } of parts) {
      expect(start).toBe(next);
      expect([(start * 4) % 256, start % width, count % width]).toEqual([0, 0, 0]);
      expect(count * 4).toBeLessThanOrEqual(bytes);
      next += count;
    }
    expect(next).toBe(rows * width);
  }
});
