import { openBackend, Random } from '@sequitur/core';
import { expectSameOnThreads } from '@sequitur/laws';
import { backend, grads, type KernelBackend, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeEach, expect, it, vi } from 'vitest';
import { sequenceParts } from '../src/ops/run-on-sequences.js';
import { recurrentKernels } from '../src/wasm-kernels.js';
import { joined, kinds, type Sizes } from './kinds.js';

beforeEach(async () => void (await openBackend('cpu')));

/** Batch sizes, and the number of parts for three threads: whole tiles of four, of which the last may be smaller. */
const BATCHES = { 3: 1, 4: 1, 5: 2, 9: 3, 12: 3, 14: 2 };

/** Ones, with some zeros among them. */
function drawMask(random: Random, { batch, length }: Sizes): Tensor {
  return tensor(
    Float32Array.from({ length: batch * length }, () => Number(random.integer(8) > 0)),
    [batch, length],
  );
}

for (const [name, { tensorsOf, run }] of Object.entries(kinds)) {
  it(`${name} has the same bits on one thread and on three, outputs and gradients`, async () => {
    const parts: Record<string, number[]> = {};
    const onOpen = () => {
      const wasm = recurrentKernels(backend() as KernelBackend)!;
      const { runAll } = wasm;
      vi.spyOn(wasm, 'runAll').mockImplementation((kernel, calls, isShared) => {
        parts[kernel] = [...(parts[kernel] ?? []), calls.length];
        runAll(kernel, calls, isShared);
      });
    };
    for (const batch of Object.keys(BATCHES).map(Number)) {
      const compute = () =>
        tidy(() => {
          const random = Random.fromSeed(`threads, batch ${batch}`);
          const sizes = { batch, length: 20 + random.integer(20), hidden: 40 + random.integer(30) };
          const tensors = tensorsOf(sizes);
          const masks = { real: drawMask(random, sizes), keep: drawMask(random, sizes) } as never;
          const gradients = grads((...values: Tensor[]) => sum(joined(run(values, masks))))(tensors);
          return Object.fromEntries([...run(tensors, masks), ...gradients].map((value, index) => [index, value]));
        });
      await expectSameOnThreads(compute, { tolerance: 1e-5, onOpen });
    }
    const wanted = Object.values(BATCHES);
    expect(parts[`${name.toLowerCase()}Backward`]).toEqual(wanted);
    // Once for the outputs, once for the gradients.
    expect(parts[`${name.toLowerCase()}Forward`]).toEqual(wanted.flatMap((count) => [count, count]));
  });
}

it('divides a batch into whole tiles, one part per thread', () => {
  const counts = (batch: number, threads: number) => {
    const parts = sequenceParts(batch, threads);
    const ends = [0, ...parts.map(({ from, count }) => from + count)];
    expect([...parts.map(({ from }) => from), batch]).toEqual(ends);
    return parts.map(({ count }) => count);
  };
  expect(counts(16, 2)).toEqual([8, 8]);
  expect(counts(10, 2)).toEqual([8, 2]);
  expect(counts(14, 8)).toEqual([4, 4, 4, 2]);
  expect(counts(3, 2)).toEqual([3]);
  expect(counts(9, 1)).toEqual([9]);
  expect(counts(0, 2)).toEqual([]);
});
