import { onEachBackend } from '@sequitur/laws';
import { backend, dispose, ones, reshape, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { beforeEach, expect, it } from 'vitest';
import { append, type Backend, openBackend } from '../../src/index.js';

onEachBackend('memory', (name) => {
  let opened: Backend;
  beforeEach(async () => {
    opened = await openBackend(name);
  });

  it('is counted: what lives, the most that ever did, and what the system gave', () => {
    const before = opened.memory();
    const x = zeros([1000, 250]);
    expect(opened.memory().live - before.live).toBe(1_000_000);
    expect(opened.memory().tensors - before.tensors).toBe(1);
    x.dispose();
    expect(opened.memory().live).toBe(before.live);
    expect(opened.memory().peak).toBeGreaterThanOrEqual(before.live + 1_000_000);
    opened.resetPeak();
    expect(opened.memory().peak).toBe(before.live);
    expect(opened.memory().reserved).toBeGreaterThanOrEqual(opened.memory().live);
  });

  it('counts a buffer once, however many tensors are views of it', () => {
    opened.resetPeak();
    const before = opened.memory();
    const x = zeros([1000, 250]);
    const views = Array.from({ length: 20 }, () => reshape(x, [250_000]));
    expect(opened.memory().live - before.live).toBe(1_000_000);
    expect(opened.memory().peak - before.live).toBe(1_000_000);
    expect(opened.memory().tensors - before.tensors).toBe(21);
    x.dispose();
    expect(opened.memory().live - before.live).toBe(1_000_000); // the views hold it
    dispose(views);
    expect(opened.memory().live).toBe(before.live);
  });

  it('does not pile up in the system while a text grows', async () => {
    const run = async (most: number) => {
      let memory: Tensor | null = null;
      for (let length = 0; length < most; length++) {
        const chunk: Tensor = ones([1, 1, 64]);
        const next: Tensor = append(memory, length, chunk);
        const copy = ones([length + 1, 64]); // as scores grow: every length is another size
        await copy.data();
        dispose([chunk, copy, ...(memory ? [memory] : [])]);
        memory = next;
      }
      memory?.dispose();
      await opened.sync();
      return opened.memory().reserved;
    };
    const once = await run(40);
    const again = await run(40);
    expect(again).toBeLessThanOrEqual(once);
    // A pool of exact sizes would hold one buffer for each of 40 lengths beside the memory: 210 kB and more.
    if (name === 'webgpu') expect(again).toBeLessThan(150_000 + (await baseline()));
  });
});

/** What the backend holds for other reasons, the smallest that it has. */
async function baseline(): Promise<number> {
  const { bufferManager } = backend() as unknown as { bufferManager: { numBytesUsed: number } };
  return bufferManager.numBytesUsed;
}
