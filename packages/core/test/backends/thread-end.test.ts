import { fill, matMul } from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { closeBackend, openBackend } from '../../src/index.js';

/** Threads that take one call and end inside it, as where the system takes a worker away. */
vi.mock('../../src/backends/wasm/threads/thread.generated.js', async (original) => {
  const { THREAD_SOURCE } = await original<{ THREAD_SOURCE: string }>();
  const ending = `thread = { ...thread, runThread({ board }) {
    const words = new Int32Array(board);
    for (;;) {
      Atomics.wait(words, 0, 0, 1);
      const left = Atomics.load(words, 1);
      if (left > 0 && Atomics.compareExchange(words, 1, left, left - 1) === left) process.exit(1);
    }
  } };`;
  return { THREAD_SOURCE: THREAD_SOURCE + ending };
});

afterEach(() => closeBackend('wasm'));

it('notices within a second that a thread ended inside a call, fails it, and computes alone from then on', async () => {
  const { capabilities } = await openBackend('wasm', { threads: 2 });
  expect(capabilities.threads).toMatchObject({ found: true });
  const [a, b] = [fill([900, 900], 1), fill([900, 900], 2)];
  const start = performance.now();
  let failure: Error | undefined;
  for (let attempt = 0; attempt < 20 && !failure; attempt++) {
    try {
      matMul(a, b).dispose();
    } catch (error) {
      failure = error as Error;
    }
  }
  expect(failure?.message).toMatch(/threads, kernel .*got one that ended, or does not answer/s);
  expect(performance.now() - start).toBeLessThan(10_000); // of which the last attempt took less than a second more
  const again = performance.now();
  expect(new Set(await matMul(a, b).data())).toEqual(new Set([1800]));
  expect(performance.now() - again).toBeLessThan(10_000);
});
