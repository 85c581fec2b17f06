import { initialize, Random, sizeOf, within } from '@sequitur/core';
import { expectGradientOfDifferences, onEachBackend } from '@sequitur/laws';
import { dispose, ones, slice, type Tensor, type Tensor2D, type Tensor4D, tensor, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { attention, attentionWeights, MultiHeadAttention } from '../src/index.js';
import { settle } from '../src/scaled-dot-product/options.js';
import { attentionReference } from '../src/scaled-dot-product/reference.js';

function draw(shape: number[], seed: string): Tensor4D {
  const random = Random.fromSeed(seed);
  const values = Float32Array.from({ length: sizeOf(shape) }, () => random.normal());
  return tensor(values, shape as [number, number, number, number]);
}

async function difference(a: Tensor, b: Tensor): Promise<number> {
  const [x, y] = [await a.data(), await b.data()];
  expect(a.shape).toEqual(b.shape);
  return Math.max(...Array.from(x, (value, i) => Math.abs(value - y[i]!)));
}

const cases = {
  causal: { query: [2, 5, 4, 8], key: [2, 5, 4, 8], options: {} },
  'long, in several blocks': { query: [1, 70, 2, 4], key: [1, 70, 2, 4], options: {} },
  'a chunk after others': { query: [2, 3, 4, 8], key: [2, 11, 4, 8], options: {} },
  'one query, memory with room': { query: [2, 1, 4, 8], key: [2, 64, 4, 8], options: { keyLength: 9 } },
  'not causal': { query: [1, 4, 2, 5], key: [1, 7, 2, 5], options: { causal: false } },
  'shared key heads': { query: [2, 6, 4, 3], key: [2, 6, 2, 3], options: { scale: 0.3 } },
  'padding at the left': { query: [2, 4, 2, 4], key: [2, 4, 2, 4], options: { padded: true } },
} as const;

onEachBackend('attention', () => {
  for (const [name, { query, key, options: given }] of Object.entries(cases)) {
    const make = () => {
      const inputs = [draw([...query], 'q'), draw([...key], 'k'), draw([...key], 'v')] as const;
      const { padded, ...options } = given as { padded?: boolean };
      const visible = padded ? (tensor([0, 0, 1, 1, 1, 1, 1, 1], [2, 4]) as Tensor2D) : undefined;
      return { inputs, options: { ...options, visible } };
    };
    it(`${name}: the fused kernel equals the reference`, async () => {
      const { inputs, options } = make();
      const found = attention(...inputs, options);
      const wanted = attentionReference(...inputs, settle(...inputs, options));
      expect(await difference(found, wanted)).toBeLessThan(3e-6);
      dispose([found, wanted, ...inputs]);
    });
    it(`${name}: gradients against differences`, async () => {
      const { inputs, options } = make();
      const f = (...values: Tensor[]) => attention(...(values as [Tensor4D, Tensor4D, Tensor4D]), options);
      await expectGradientOfDifferences(f, inputs, { samples: 12 });
      dispose([...inputs]);
    });
  }

  it('takes evenly from padding where a query sees nothing else, and never from what comes after it', async () => {
    const [query, key, value] = [draw([1, 3, 1, 4], 'q'), draw([1, 3, 1, 4], 'k'), draw([1, 3, 1, 4], 'v')];
    const visible = tensor([0, 0, 1], [1, 3]) as Tensor2D;
    const weights = [...(await attentionWeights(query, key, { visible }).data())].map((w) => Number(w.toFixed(6)));
    expect(weights).toEqual([1, 0, 0, 0.5, 0.5, 0, 0, 0, 1]);
    const output = await attention(query, key, value, { visible }).data();
    const values = await value.data();
    expect(output[4]).toBeCloseTo((values[0]! + values[4]!) / 2, 5);
  });
});

onEachBackend('multi-head attention', () => {
  it('reads a text in one chunk or in several alike, and leaves older states as they were', async () => {
    const mixer = initialize(new MultiHeadAttention({ width: 12, heads: 3 }), 3);
    const x = draw([2, 9, 12], 'x') as unknown as import('@tensorflow/tfjs-core').Tensor3D;
    const whole = mixer.mix(x, mixer.initState(2), {});
    const first = mixer.mix(slice(x, [0, 0, 0], [2, 5, 12]), mixer.initState(2), {});
    const rest = () => mixer.mix(slice(x, [0, 5, 0], [2, 4, 12]), first.state, {});
    const once = rest();
    const other = mixer.mix(ones([2, 3, 12]), first.state, {}); // another continuation of the same state
    const again = rest();
    const wanted = slice(whole.output, [0, 5, 0], [2, 4, 12]);
    for (const { output } of [once, again]) expect(await difference(output, wanted)).toBeLessThan(1e-5);
    const [kept, untouched] = [slice(once.state.keys!, [0, 5], [2, 4]), slice(whole.state.keys!, [0, 5], [2, 4])];
    expect(await difference(kept, untouched)).toBeLessThan(1e-5);
    expect(other.state.length).toBe(8);
    mixer.dispose();
  });

  it('computes its weights for whoever observes', async () => {
    const mixer = initialize(new MultiHeadAttention({ width: 8, heads: 2 }), 3);
    const seen: string[] = [];
    const observe = (name: string, weights: Tensor) => seen.push(`${name} ${weights.shape}`);
    tidy(() => {
      const x = draw([1, 3, 8], 'x') as never;
      mixer.mix(x, mixer.initState(1), within({ observe }, 'mixer'));
    });
    expect(seen).toEqual(['mixer.weights 1,2,3,3']);
    mixer.dispose();
  });
});
