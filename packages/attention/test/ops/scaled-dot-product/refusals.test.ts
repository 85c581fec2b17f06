import { onEachBackend } from '@sequitur/laws';
import { dispose, ones, type Tensor, type Tensor4D, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type AttentionOptions, attention, attentionWithLogSumExp } from '../../../src/index.js';
import { alwaysUseBlockKernels } from '../../../src/ops/scaled-dot-product/webgpu/heuristics.js';

onEachBackend('attention', () => {
  alwaysUseBlockKernels();

  it('names the wrong argument', () => {
    const [query, key, value] = [ones([2, 5, 4, 8]), ones([2, 7, 2, 8]), ones([2, 7, 2, 6])] as Tensor4D[];
    const refuses = (message: string, given: { [name: string]: Tensor }, options: unknown = {}) => {
      const all = { query: query!, key: key!, value: value!, ...given };
      const call = () =>
        attention(all.query as Tensor4D, all.key as Tensor4D, all.value as Tensor4D, options as AttentionOptions);
      expect(call).toThrow(message);
      dispose(Object.values(given));
    };
    const byHead = 'expected shape [batch, length, heads, size], got [2, 5, 8]';
    refuses(`attention, query: ${byHead}`, { query: ones([2, 5, 8]) });
    refuses(`attention, key: ${byHead}`, { key: ones([2, 5, 8]) });
    refuses(`attention, value: ${byHead}`, { value: ones([2, 5, 8]) });
    refuses('attention, key: expected shape [2, 7, 2, 8], got [2, 7, 2, 6]', { key: ones([2, 7, 2, 6]) });
    refuses('attention, value: expected shape [2, 7, 2, 6], got [2, 6, 2, 6]', { value: ones([2, 6, 2, 6]) });
    refuses('query heads that are a multiple of the key heads', { query: ones([2, 5, 3, 8]) });
    refuses(
      'attention, bias: expected a kind of tensor, alibi or buckets, got slopes',
      {},
      { bias: { kind: 'slopes' } },
    );
    refuses('attention, pattern: expected a pattern', {}, { pattern: { kind: 'diagonal' } });
    refuses('attention, pattern: expected a pattern', {}, { pattern: 'causal' });
    refuses('attention, fullyMasked: expected zeros, evenly, all, got nothing', {}, { fullyMasked: 'nothing' });
    refuses('attention, from of evicted', {}, { evicted: { from: -1, count: 2 } });
    refuses('attention, keyLength: expected an integer from 1 to 7, got 8', {}, { keyLength: 8 });
    dispose([query!, key!, value!]);
  });

  it('returns an empty output for an empty batch, and for no queries', async () => {
    const key = zeros([2, 7, 2, 8]) as Tensor4D;
    const none = zeros([0, 7, 2, 8]) as Tensor4D;
    const cases = [
      { query: zeros([0, 5, 4, 8]) as Tensor4D, key: none, shape: [0, 5, 4, 8] },
      { query: zeros([2, 0, 4, 8]) as Tensor4D, key, shape: [2, 0, 4, 8] },
    ];
    for (const { query, key, shape } of cases) {
      const { output, logSumExp } = attentionWithLogSumExp(query, key, key);
      expect([output.shape, await output.data()]).toEqual([shape, new Float32Array(0)]);
      expect(await logSumExp.data()).toHaveLength(0);
      dispose([output, logSumExp, query]);
    }
    dispose([key, none]);
  });
});
