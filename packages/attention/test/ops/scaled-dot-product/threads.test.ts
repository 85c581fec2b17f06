import { closeBackend, openBackend, Random, type WasmInstance, wasmInstance } from '@sequitur/core';
import { backend, type KernelBackend, type Tensor4D, zeros } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { attention, full } from '../../../src/index.js';
import { backwardParts, forwardParts } from '../../../src/ops/scaled-dot-product/wasm/parts.js';
import { evaluate, ours } from './evaluate.js';
import { draw, randomCall } from './random-attention.js';

beforeEach(async () => void (await openBackend('cpu')));
afterEach(() => closeBackend('wasm'));

const ROUNDS = 24;

/** Outputs, logarithms and gradients of random calls, most of them large enough for several threads. */
async function outcomes(threads: number): Promise<Float32Array[]> {
  await openBackend('wasm', { threads });
  const found = [];
  for (let round = 0; round < ROUNDS; round++) {
    const results = evaluate(ours, randomCall(Random.fromSeed(`threads, round ${round}`), 300));
    found.push(...(await Promise.all(results.map((result) => result.data() as Promise<Float32Array>))));
  }
  closeBackend('wasm');
  return found;
}

it('gives the same bits on one thread and on three, for any pattern and options', { timeout: 240_000 }, async () => {
  const alone = await outcomes(1);
  const together = await outcomes(3);
  expect(together).toHaveLength(alone.length);
  for (const [index, values] of together.entries()) expect(values, `result ${index}`).toEqual(alone[index]);
});

it('decodes on all threads with the same bits', async () => {
  const decoded = [];
  for (const threads of [1, 3]) {
    await openBackend('wasm', { threads });
    const random = Random.fromSeed('decoding');
    const shapes = [
      [1, 1, 8, 32],
      [1, 3000, 4, 32],
      [1, 3000, 4, 32],
    ];
    const [query, key, value] = shapes.map((shape) => draw(shape, random)) as [Tensor4D, Tensor4D, Tensor4D];
    decoded.push(await attention(query, key, value, { pattern: full() }).data());
    closeBackend('wasm');
  }
  expect(decoded[1]).toEqual(decoded[0]);
});

it('falls back to one thread where memory is too small for the scratch of all', async () => {
  await openBackend('wasm', { threads: 8 });
  const random = Random.fromSeed('full');
  const shape = [1, 8192, 1, 64];
  const [query, key, value] = [[1, 64, 1, 64], shape, shape].map((s) => draw(s, random)) as [
    Tensor4D,
    Tensor4D,
    Tensor4D,
  ];
  const wanted = await attention(query, key, value, { pattern: full() }).data();
  const wasm = wasmInstance(backend() as KernelBackend)!;
  const left = zeros([3 * 2 ** 20]); // 12 MiB: three times what one thread takes, a third of what eight do
  for (let bytes = 2 ** 29; bytes >= 2 ** 22; bytes /= 2) {
    while (isRoomFor(wasm, bytes)) wasm.output([bytes / 4]); // never written to, so that it takes no memory of the machine
  }
  left.dispose();
  expect(await attention(query, key, value, { pattern: full() }).data()).toEqual(wanted);
});

function isRoomFor(wasm: WasmInstance, bytes: number): boolean {
  try {
    wasm.withScratch(bytes, () => {});
    return true;
  } catch {
    return false;
  }
}

const tensors = (batch: number, queries: number, heads: number, keyHeads: number) => ({
  query: zeros([batch, queries, heads, 8]),
  key: zeros([batch, 100, keyHeads, 8]),
});

it('divides a single key head along its queries, at block boundaries', () => {
  expect(forwardParts(tensors(1, 1100, 8, 1), 2)).toEqual([
    [0, 1, 0, 1, 0, 256],
    [0, 1, 0, 1, 256, 512],
    [0, 1, 0, 1, 512, 768],
    [0, 1, 0, 1, 768, 1100],
  ]);
  expect(forwardParts(tensors(2, 1000, 8, 8), 1)).toEqual([[0, 2, 0, 8, 0, 1000]]);
});

it('gives each thread one part of a decoding step', () => {
  expect(forwardParts(tensors(1, 1, 8, 8), 2)).toEqual([
    [0, 1, 0, 4, 0, 1],
    [0, 1, 4, 8, 0, 1],
  ]);
});

it('keeps in one part what adds to the same elements of a bias', () => {
  const inputs = tensors(2, 10, 4, 4);
  expect(backwardParts(inputs, {}, 2)).toHaveLength(8);
  expect(backwardParts(inputs, { dbias: zeros([2, 4, 10, 100]) }, 2)).toHaveLength(8);
  expect(backwardParts(inputs, { dbias: zeros([1, 1, 10, 100]) }, 2)).toEqual([[0, 2, 0, 4]]);
  const ofHeads = [0, 1, 2, 3].map((head) => [0, 2, head, head + 1]);
  expect(backwardParts(inputs, { dbias: zeros([1, 4, 1, 1]) }, 2)).toEqual(ofHeads);
  expect(backwardParts(inputs, { drelative: zeros([4, 109]) }, 2)).toEqual(ofHeads);
  const ofBatches = [0, 1].map((batch) => [batch, batch + 1, 0, 4]);
  expect(backwardParts(inputs, { dbias: zeros([2, 1, 10, 1]) }, 2)).toEqual(ofBatches);
});
