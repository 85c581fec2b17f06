import { expectClose, onEachBackend } from '@sequitur/laws';
import { concat, grads, mul, ones, randomNormal, sum, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { attention, attentionWithLogSumExp, dilated, either, type Pattern, strided } from '../../src/index.js';

const cases = [
  { length: 24, pattern: strided(4), heads: 2, keyHeads: 2 },
  { length: 23, pattern: strided(5), heads: 2, keyHeads: 1 },
  { length: 24, pattern: dilated({ left: 2, right: 1, dilation: 3 }), heads: 2, keyHeads: 2 },
  { length: 23, pattern: dilated({ left: 1, right: 9, dilation: 5 }), heads: 2, keyHeads: 1 },
  { length: 9, pattern: dilated({ left: 0, right: 0, dilation: 2 }), heads: 1, keyHeads: 1 },
].map((given) => ({ ...given, told: JSON.stringify(given.pattern) }));

onEachBackend('attention in columns', () => {
  describe.each(cases)('of $length tokens by $told', ({ length, pattern, heads, keyHeads }) => {
    /** The same pairs as another pattern, which uses the block kernels. */
    const byBlocks = either(pattern);

    const draw = () =>
      [heads, keyHeads, keyHeads].map((count, seed) =>
        randomNormal([2, length, count, 4], 0, 1, 'float32', seed + 1),
      ) as [Tensor4D, Tensor4D, Tensor4D];

    it('equals the block kernels, log-sum-exp included', async () => {
      const [query, key, value] = draw();
      const columns = attentionWithLogSumExp(query, key, value, { pattern });
      const blocks = attentionWithLogSumExp(query, key, value, { pattern: byBlocks });
      await expectClose(columns.output, blocks.output, 1e-5);
      await expectClose(columns.logSumExp, blocks.logSumExp, 1e-5);
    });

    it('takes no key of the spare room behind a KV cache', async () => {
      const [query, key, value] = draw();
      const roomy = [key, value].map((x) => concat([x, mul(ones([2, 7, keyHeads, 4]), 100)], 1)) as [
        Tensor4D,
        Tensor4D,
      ];
      const within = attentionWithLogSumExp(query, ...roomy, { pattern, keyLength: length });
      const alone = attentionWithLogSumExp(query, key, value, { pattern });
      await expectClose(within.output, alone.output, 1e-6);
      await expectClose(within.logSumExp, alone.logSumExp, 1e-6);
    });

    it('and the same gradients', async () => {
      const inputs = draw();
      const weights = randomNormal([2, length, heads, 4], 0, 1, 'float32', 9);
      const gradientsBy = (pattern: Pattern) =>
        grads((...[query, key, value]: Tensor[]) =>
          tidy(() => sum(mul(attention(query as Tensor4D, key as Tensor4D, value as Tensor4D, { pattern }), weights))),
        )([...inputs]);
      const [columns, blocks] = [gradientsBy(pattern), gradientsBy(byBlocks)];
      expect(columns.length).toBe(3);
      for (const [index, gradient] of columns.entries()) await expectClose(gradient, blocks[index]!, 2e-5);
    });
  });
});
