import { Random, sizeOf } from '@sequitur/core';
import { expectGradientOfDifferences, onEachBackend } from '@sequitur/laws';
import { dispose, memory, type Tensor, type Tensor2D, type Tensor4D, tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { attention, attentionWeights, full } from '../../../src/index.js';
import { alwaysUseBlockKernels } from '../../../src/ops/scaled-dot-product/webgpu/heuristics.js';
import { evaluate, ours } from './evaluate.js';
import { byReference, type Call, draw, randomCall } from './random-attention.js';

/** The largest difference, relative to the largest expected value or 1. */
async function difference(found: Tensor, wanted: Tensor): Promise<number> {
  expect(found.shape).toEqual(wanted.shape);
  const [x, y] = [await found.data(), await wanted.data()];
  let [worst, largest] = [0, 1];
  for (let i = 0; i < sizeOf(found.shape); i++) {
    if (x[i] === y[i]) continue; // infinities too
    if (!(Math.abs(x[i]! - y[i]!) <= worst)) worst = Math.abs(x[i]! - y[i]!); // NaN counts as worst
    if (Math.abs(y[i]!) > largest && Number.isFinite(y[i])) largest = Math.abs(y[i]!);
  }
  return worst / largest;
}

onEachBackend('attention', (backend) => {
  alwaysUseBlockKernels();
  const [rounds, longest] = backend === 'webgpu' ? [5, 70] : [backend === 'cpu' ? 20 : 40, 150];
  it.each([
    ['many queries', longest],
    ['one or two queries, as in decoding', 2],
  ])(
    'equals its reference for any pattern and options, forward and gradient, and leaks no tensors: %s',
    {
      timeout: 240_000,
    },
    async (_, mostQueries) => {
      for (let round = 0; round < rounds; round++) {
        const before = memory().numTensors;
        const call = randomCall(Random.fromSeed(`round ${round}`), longest, mostQueries);
        const found = evaluate(ours, call);
        const wanted = evaluate(byReference, call);
        for (const [index, tensor] of found.entries()) {
          const told = `round ${round}, ${['output', 'logSumExp'][index] ?? `gradient ${index - 2}`}`;
          const shapes = call.tensors.map(({ shape }) => `[${shape}]`);
          const options = JSON.stringify(call.options(call.tensors), (key, value) =>
            key === 'bias' ? value?.kind : value,
          );
          expect(await difference(tensor, wanted[index]!), `${told} of ${shapes} ${options}`).toBeLessThan(1e-5);
        }
        dispose([...found, ...wanted, ...call.tensors, ...call.masks]);
        expect(memory().numTensors, `tensors after round ${round}`).toBe(before);
      }
    },
  );

  it('has the gradients of finite differences', async () => {
    const random = Random.fromSeed('differences');
    const inputs = [draw([1, 5, 4, 3], random), draw([1, 6, 2, 3], random), draw([1, 6, 2, 4], random)];
    const bias = draw([1, 4, 5, 6], random);
    const f = (query: Tensor, key: Tensor, value: Tensor, values: Tensor) =>
      attention(query as Tensor4D, key as Tensor4D, value as Tensor4D, {
        softCap: 2,
        bias: { kind: 'tensor', values },
      });
    await expectGradientOfDifferences(f as (...inputs: Tensor[]) => Tensor, [...inputs, bias], { samples: 12 });
    dispose([...inputs, bias]);
  });

  it('gives a fully masked query the requested output, and never NaN', async () => {
    const random = Random.fromSeed('unseen');
    const [query, key, value] = [0, 1, 2].map(() => draw([1, 3, 1, 4], random)) as [Tensor4D, Tensor4D, Tensor4D];
    const attentionMask = tensor([0, 0, 1], [1, 3]) as Tensor2D;
    const weights = async (fullyMasked: 'zeros' | 'evenly' | 'all') =>
      [...(await attentionWeights(query, key, { attentionMask, fullyMasked }).data())].map((w) => Number(w.toFixed(4)));
    expect(await weights('zeros')).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(await weights('evenly')).toEqual([1, 0, 0, 0.5, 0.5, 0, 0, 0, 1]);
    expect(await weights('all')).toEqual([0.3333, 0.3333, 0.3333, 0.3333, 0.3333, 0.3333, 0, 0, 1]);
    const values = await value.data();
    const zeros = await attention(query, key, value, { attentionMask }).data();
    expect([...zeros.slice(0, 8)]).toEqual(new Array(8).fill(0));
    const evenly = await attention(query, key, value, { attentionMask, fullyMasked: 'evenly' }).data();
    expect(evenly[4]).toBeCloseTo((values[0]! + values[4]!) / 2, 5);
  });

  it('stays finite where scores are huge', async () => {
    const random = Random.fromSeed('huge');
    const [query, key, value] = [0, 1, 2].map(() => draw([1, 40, 2, 8], random)) as [Tensor4D, Tensor4D, Tensor4D];
    const call: Call = {
      tensors: [query, key, value],
      masks: [],
      options: () => ({ scale: 300, pattern: full() }),
    };
    const [found, wanted] = [evaluate(ours, call), evaluate(byReference, call)];
    for (const [index, tensor] of found.slice(0, 2).entries()) {
      expect(await difference(tensor, wanted[index]!)).toBeLessThan(1e-4);
    }
    // Float32 holds the logarithms to 1e-4 there; the gradients of the values are accurate all the same.
    expect(await difference(found[4]!, wanted[4]!)).toBeLessThan(1e-5);
  });
});
