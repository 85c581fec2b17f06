import { expectClose, onEachBackend } from '@sequitur/laws';
import { grads, mul, randomNormal, sum, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { attention, attentionWithLogSumExp, either, strided } from '../src/index.js';

/** The same pairs in the words of another pattern, which goes by blocks. */
const byBlocks = (stride: number) => either(strided(stride));

onEachBackend('strided attention in columns', () => {
  describe.each([
    { length: 24, stride: 4, heads: 2, keyHeads: 2 },
    { length: 23, stride: 5, heads: 2, keyHeads: 1 },
  ])('of $length tokens with stride $stride', ({ length, stride, heads, keyHeads }) => {
    const draw = () =>
      [heads, keyHeads, keyHeads].map((count, seed) =>
        randomNormal([2, length, count, 4], 0, 1, 'float32', seed + 1),
      ) as [Tensor4D, Tensor4D, Tensor4D];

    it('gives what blocks give, with the sums that it divides by', async () => {
      const [query, key, value] = draw();
      const columns = attentionWithLogSumExp(query, key, value, { pattern: strided(stride) });
      const blocks = attentionWithLogSumExp(query, key, value, { pattern: byBlocks(stride) });
      await expectClose(columns.output, blocks.output, 1e-5);
      await expectClose(columns.logSumExp, blocks.logSumExp, 1e-5);
    });

    it('and the same gradients', async () => {
      const inputs = draw();
      const weights = randomNormal([2, length, heads, 4], 0, 1, 'float32', 9);
      const gradientsBy = (pattern: ReturnType<typeof strided> | ReturnType<typeof either>) =>
        grads((...[query, key, value]: Tensor[]) =>
          tidy(() => sum(mul(attention(query as Tensor4D, key as Tensor4D, value as Tensor4D, { pattern }), weights))),
        )([...inputs]);
      const [columns, blocks] = [gradientsBy(strided(stride)), gradientsBy(byBlocks(stride))];
      expect(columns.length).toBe(3);
      for (const [index, gradient] of columns.entries()) await expectClose(gradient, blocks[index]!, 2e-5);
    });
  });
});
