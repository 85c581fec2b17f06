import { initialize, Random, sizeOf, within } from '@sequitur/core';
import { onEachBackend } from '@sequitur/laws';
import { ones, slice, type Tensor, type Tensor3D, type Tensor4D, tensor, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { MultiHeadAttention, prefix } from '../src/index.js';

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

onEachBackend('multi-head attention', () => {
  it('reads a sequence in one chunk or several with equal results, and leaves older states unchanged', async () => {
    const mixer = initialize(new MultiHeadAttention({ width: 12, heads: 3 }), 3);
    const x = draw([2, 9, 12], 'x') as unknown as Tensor3D;
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

  it('continues after a prefix that was one chunk, and refuses one that was not', async () => {
    const mixer = initialize(new MultiHeadAttention({ width: 12, heads: 3, pattern: prefix(5) }), 3);
    const x = draw([2, 9, 12], 'x') as unknown as Tensor3D;
    const whole = mixer.mix(x, mixer.initState(2), {}).output;
    let { output, state } = mixer.mix(slice(x, [0, 0, 0], [2, 6, 12]), mixer.initState(2), {});
    expect(await difference(output, slice(whole, [0, 0, 0], [2, 6, 12]))).toBeLessThan(1e-5);
    for (let at = 6; at < 9; at++) {
      ({ output, state } = mixer.mix(slice(x, [0, at, 0], [2, 1, 12]), state, {}));
      expect(await difference(output, slice(whole, [0, at, 0], [2, 1, 12]))).toBeLessThan(1e-5);
    }
    expect([0, 4, 5, 9].map((length) => mixer.cost(length).stateBytes > 0)).toEqual([false, false, true, true]);
    const short = mixer.mix(slice(x, [0, 0, 0], [2, 4, 12]), mixer.initState(2), {});
    expect(short.state).toEqual({ length: 4 });
    const next = slice(x, [0, 4, 0], [2, 5, 12]) as Tensor3D;
    expect(() => mixer.mix(next, short.state, {})).toThrow(
      /the first 5 tokens in one chunk, got a chunk after 4 tokens/,
    );
    mixer.dispose();
  });

  it('shows queries, keys, values and weights, and computes the weights only when observed', async () => {
    const mixer = initialize(new MultiHeadAttention({ width: 8, heads: 2 }), 3);
    const seen: string[] = [];
    const observe = (name: string, weights: Tensor) => seen.push(`${name} ${weights.shape}`);
    tidy(() => {
      const x = draw([1, 3, 8], 'x') as never;
      mixer.mix(x, mixer.initState(1), within({ observe }, 'mixer'));
    });
    expect(seen).toEqual([
      ...['query', 'key', 'value'].map((name) => `mixer.${name} 1,3,2,4`),
      'mixer.weights 1,2,3,3',
    ]);
    const none = Object.assign(() => expect.unreachable(), { isObserved: () => false });
    tidy(() => mixer.mix(draw([1, 3, 8], 'x') as never, mixer.initState(1), { observe: none }));
    mixer.dispose();
  });
});
