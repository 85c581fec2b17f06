import { openBackend, Random, type WebGpuInstance } from '@sequitur/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type AttentionOptions, causal, documents, slidingWindow } from '../../../src/index.js';
import { resolve } from '../../../src/ops/scaled-dot-product/options.js';
import { seesItself, variantOf } from '../../../src/ops/scaled-dot-product/webgpu/variant.js';
import { draw } from './random-attention.js';

await openBackend('cpu');
const random = Random.fromSeed('unseen');
const [query, key, value] = [20, 24, 24].map((length) => draw([1, length, 2, 8], random)) as Tensor4D[];

const resolved = (options: AttentionOptions) => resolve(query!, key!, value!, { fullyMasked: 'all', ...options });

it('knows where each query attends to itself', () => {
  expect(seesItself(resolved({ pattern: causal(), offset: 4 }), 20)).toBe(true);
  expect(seesItself(resolved({ pattern: [causal(), slidingWindow(3)], offset: 0 }), 20)).toBe(true);
  expect(seesItself(resolved({ pattern: causal(), offset: 5 }), 20)).toBe(false); // the last is after all keys
  expect(seesItself(resolved({ pattern: slidingWindow(3), offset: 4, evicted: { from: 1, count: 2 } }), 20)).toBe(
    false,
  );
  expect(seesItself(resolved({ pattern: documents(Array.from({ length: 24 }, () => 0)), offset: 4 }), 20)).toBe(false);
});

it('uses block kernels on WebGPU where rows of padding would average over all keys, if there is no padding', () => {
  const gpu = { isSoftware: false, subgroupSize: null, halfPrecision: false } as WebGpuInstance;
  const inputs = { query: query!, key: key!, value: value! };
  const windows = resolved({ pattern: slidingWindow(3), offset: 4 });
  expect(variantOf(gpu, inputs, windows)).toMatchObject({ evenly: false, attentionMask: false });
  expect(variantOf(gpu, { ...inputs, attentionMask: draw([1, 24], random) }, windows)).toBeNull();
});
