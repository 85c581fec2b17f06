import { slidingWindow } from '@sequitur/attention';
import { expectClose, onEachBackend } from '@sequitur/laws';
import { dispose, randomNormal, slice, type Tensor4D, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { attentionHiddenOnce } from '../src/models/hidden-once.js';

onEachBackend('attention with fully masked rows', () => {
  it('is the same after keys outside the pattern are evicted', async () => {
    const [query, key, value] = [1, 8, 8].map((length, seed) =>
      randomNormal([1, length, 2, 4], 0, 1, 'float32', seed + 1),
    ) as [Tensor4D, Tensor4D, Tensor4D];
    const options = { pattern: slidingWindow(3), offset: 7 };
    const within = slidingWindow(4);
    const seen = [0, 0, 0, 0, 1, 0, 0, 0]; // the last three keys, which the pattern shows, are padding
    const attentionMask = tensor2d([seen]);
    const whole = attentionHiddenOnce(query, key, value, { ...options, attentionMask }, within);
    const [lastKeys, lastValues] = [key, value].map((x) => slice(x, [0, 4], [-1, 4])) as [Tensor4D, Tensor4D];
    const lastVisible = tensor2d([seen.slice(4)]);
    const evicted = { from: 0, count: 4 };
    const kept = { ...options, attentionMask: lastVisible, evicted };
    const found = attentionHiddenOnce(query, lastKeys, lastValues, kept, within);
    const wanted = (await whole.data()) as Float32Array;
    expect(wanted.some((number) => Math.abs(number) > 0.01)).toBe(true);
    await expectClose(found, whole, 1e-6);
    dispose([query, key, value, attentionMask, lastKeys, lastValues, lastVisible]);
  });
});
