import { openBackend, Random } from '@sequitur/core';
import { expectClose, onEachBackend } from '@sequitur/laws';
import { dispose, profile, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { biasTensors } from '../../../src/ops/scaled-dot-product/bias/bias-tensors.js';
import { maskTensors } from '../../../src/ops/scaled-dot-product/mask-tensors.js';
import { resolve } from '../../../src/ops/scaled-dot-product/options.js';
import { weightsReference } from '../../../src/ops/scaled-dot-product/reference/forward.js';
import { gradientByBlocks, referenceByBlocks } from '../../../src/ops/scaled-dot-product/reference/index.js';
import { weightsByBlocks } from '../../../src/ops/scaled-dot-product/reference/weights.js';
import { draw, randomCall } from './random-attention.js';

onEachBackend('attention weights', (backend) => {
  it('are the same in blocks of queries as at once', async () => {
    for (let round = 0; round < (backend === 'webgpu' ? 4 : 12); round++) {
      const { tensors, masks, options } = randomCall(Random.fromSeed(`map ${round}`), 40);
      const [query, key, value] = tensors as [Tensor4D, Tensor4D, Tensor4D];
      const given = options(tensors);
      const [found, wanted] = tidy(() => {
        const resolved = resolve(query, key, value, given);
        const [batch, queries, heads] = query.shape;
        const bias = biasTensors(given.bias, {
          batch,
          queries,
          heads,
          ...resolved,
          attentionMask: given.attentionMask,
        });
        const inputs = { query, key, ...maskTensors(given), ...bias };
        return [weightsByBlocks(inputs, resolved, 700), weightsReference(inputs, resolved).weights];
      });
      await expectClose(found, wanted, 1e-6);
      dispose([found, wanted, ...tensors, ...masks]);
    }
  });
});

onEachBackend('calls without a kernel', (backend) => {
  it('are the same in blocks of queries as at once, gradients included', async () => {
    for (let round = 0; round < (backend === 'webgpu' ? 4 : 20); round++) {
      const random = Random.fromSeed(`blocks ${round}`);
      const { tensors, masks, options } = randomCall(random, 40);
      const [query, key, value] = tensors as [Tensor4D, Tensor4D, Tensor4D];
      const [batch, queries, heads] = query.shape;
      const both = tidy(() => {
        const resolved = { ...resolve(query, key, value, options(tensors)), dropout: undefined };
        const bias = biasTensors(options(tensors).bias, {
          batch,
          queries,
          heads,
          ...resolved,
          attentionMask: options(tensors).attentionMask,
        });
        const inputs = { query, key, value, ...maskTensors(options(tensors)), ...bias };
        const [dy, dlogSumExp] = [
          draw([batch, queries, heads, value.shape[3]], random),
          draw([batch, heads, queries], random),
        ];
        const given = { ...inputs, dy, dlogSumExp };
        return [700, 1e9].map((most) => [
          ...referenceByBlocks(inputs, resolved, most),
          ...gradientByBlocks(given, resolved, most),
        ]);
      });
      const [found, wanted] = both as [Tensor[], Tensor[]];
      expect(found.length).toBe(wanted.length);
      for (const [index, tensor] of found.entries()) await expectClose(tensor, wanted[index]!, 2e-5);
      dispose([...found, ...wanted, ...tensors, ...masks]);
    }
  });
});

it('take little memory besides the result', async () => {
  await openBackend('cpu');
  const length = 300;
  const [query, key] = [1, 2].map((seed) => draw([1, length, 2, 2], Random.fromSeed(seed))) as [Tensor4D, Tensor4D];
  const peak = async (mostScores: number) => {
    const compute = () => tidy(() => weightsByBlocks({ query, key }, resolve(query, key, key, {}), mostScores));
    const { peakBytes, result } = await profile(compute);
    dispose(result as Tensor4D);
    return peakBytes / (4 * 2 * length * length);
  };
  expect(await peak(2 * length * 20)).toBeLessThan(3); // the weights, and the parts that are concatenated
  expect(await peak(2 * length * length)).toBeGreaterThan(6);
  dispose([query, key]);
});
