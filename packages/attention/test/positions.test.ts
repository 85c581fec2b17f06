import { initialize, parametersOf } from '@sequitur/core';
import { distance, drawNormal, onEachBackend } from '@sequitur/laws';
import { concat, slice, type Tensor2D, type Tensor3D, tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  Alibi,
  alibiSlopes,
  CrossAttention,
  full,
  MultiHeadAttention,
  RelativeBuckets,
  Rotary,
  type RotaryScaling,
  relativeBucket,
  sinusoidalTable,
  slidingWindow,
} from '../src/index.js';

onEachBackend('attention with positions', () => {
  const parts = {
    rotary: () => ({ positions: new Rotary({ headSize: 4, rotaryDimensions: 2 }) }),
    alibi: () => ({ positions: new Alibi(3) }),
    buckets: () => ({
      positions: new RelativeBuckets({ heads: 3, buckets: 8, maxDistance: 12, bidirectional: false }),
    }),
    window: () => ({ pattern: slidingWindow({ left: 2 }), keyHeads: 1 }),
    'values of another size': () => ({ valueSize: 5, scale: 0.7, query: { bias: false } }),
  };
  for (const [name, make] of Object.entries(parts)) {
    it(`${name}: a sequence in chunks equals the whole`, async () => {
      const mixer = initialize(new MultiHeadAttention({ width: 12, heads: 3, ...make() }), 'm');
      const x = drawNormal<Tensor3D>([2, 9, 12], 'x');
      const whole = mixer.mix(x, mixer.initState(2), {});
      const outputs: Tensor3D[] = [];
      let state = mixer.initState(2);
      for (const [start, length] of [
        [0, 5],
        [5, 1],
        [6, 3],
      ] as const) {
        const step = mixer.mix(slice(x, [0, start, 0], [2, length, 12]), state, {});
        outputs.push(step.output);
        state = step.state;
      }
      expect(await distance(concat(outputs, 1), whole.output)).toBeLessThan(1e-5);
      mixer.dispose();
    });
  }

  it('rotary and ALiBi depend on distances only: a shifted sequence gives the same output', async () => {
    for (const positions of [new Rotary({ headSize: 4 }), new Alibi(3)]) {
      const mixer = initialize(new MultiHeadAttention({ width: 12, heads: 3, positions }), 'm');
      const x = drawNormal<Tensor3D>([1, 4, 12], 'x');
      const shifted = tensor([5, 6, 7, 8], [1, 4], 'int32') as Tensor2D;
      const outputs = [{}, { positions: shifted }].map((context) => mixer.mix(x, mixer.initState(1), context).output);
      expect(await distance(outputs[0]!, outputs[1]!)).toBeLessThan(1e-5);
      mixer.dispose();
    }
  });

  it('encoders read a whole sequence and cache nothing', async () => {
    const positions = new RelativeBuckets({ heads: 2, bidirectional: true });
    const [first, second] = [0, 1].map(
      () => new MultiHeadAttention({ width: 8, heads: 2, pattern: full(), positions }),
    );
    initialize(first!, 1);
    initialize(second!, 2);
    expect(
      [...parametersOf(first!).values()].filter((p) => [...parametersOf(second!).values()].includes(p)),
    ).toHaveLength(1);
    const x = drawNormal<Tensor3D>([1, 5, 8], 'x');
    const { output, state } = first!.mix(x, first!.initState(1), {});
    expect(state).toEqual({ length: 5 });
    // The last token reaches the first one's output.
    const changed = concat([slice(x, [0, 0, 0], [1, 4, 8]), drawNormal<Tensor3D>([1, 1, 8], 'y')], 1) as Tensor3D;
    const other = first!.mix(changed, first!.initState(1), {}).output;
    const row = (y: Tensor3D) => slice(y, [0, 0, 0], [1, 1, 8]);
    expect(await distance(row(output), row(other))).toBeGreaterThan(1e-4);
    expect(() => first!.mix(x, state, {})).toThrow(/whole sequence in one chunk, got a chunk after 5 tokens/);
  });

  it('cross-attention reads its source once', async () => {
    const cross = initialize(new CrossAttention({ width: 8, sourceWidth: 6, heads: 2 }), 3);
    const source = drawNormal<Tensor3D>([2, 5, 6], 's');
    const attentionMask = tensor([1, 1, 1, 0, 0, 1, 1, 1, 1, 1], [2, 5], 'int32') as Tensor2D;
    const state = cross.read(source, attentionMask);
    const x = drawNormal<Tensor3D>([2, 3, 8], 'x');
    const whole = cross.mix(x, state, {});
    expect(whole.state).toBe(state);
    const last = cross.mix(slice(x, [0, 2, 0], [2, 1, 8]), state, {}).output;
    expect(await distance(last, slice(whole.output, [0, 2, 0], [2, 1, 8]))).toBeLessThan(1e-5);
    const short = cross.read(slice(source, [0, 0, 0], [1, 3, 6]));
    const alone = cross.mix(slice(x, [0, 0, 0], [1, 3, 8]), short, {}).output;
    expect(await distance(alone, slice(whole.output, [0, 0, 0], [1, 3, 8]))).toBeLessThan(1e-5);
    expect(() => tidy(() => cross.mix(x, cross.initState(2), {}).output)).toThrow(/source/);
  });
});

describe('tables', () => {
  it('ALiBi slopes, also where the number of heads is no power of two', () => {
    expect(alibiSlopes(4)).toEqual([0.25, 0.0625, 0.015625, 0.00390625]);
    expect(alibiSlopes(6)).toEqual([0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125]);
  });

  it('buckets: one each for small distances, shared for large ones', () => {
    const decoder = { buckets: 8, bidirectional: false, maxDistance: 20 };
    expect([1, 0, -1, -2, -3, -4, -6, -12, -500].map((d) => relativeBucket(d, decoder))).toEqual([
      0, 0, 1, 2, 3, 4, 5, 6, 7,
    ]);
    const encoder = { buckets: 8, bidirectional: true, maxDistance: 20 };
    expect([-500, -1, 0, 1, 500].map((d) => relativeBucket(d, encoder))).toEqual([3, 1, 0, 5, 7]);
    // Exactly halfway between two powers: the logarithm of the divisor is rounded to float32 too.
    expect(relativeBucket(-14, { buckets: 8, bidirectional: false, maxDistance: 49 })).toBe(6);
    expect(relativeBucket(-56, { buckets: 32, bidirectional: false, maxDistance: 196 })).toBe(24);
  });

  it('refuse invalid sizes', () => {
    const rotary = (scaling: object) => () => new Rotary({ headSize: 8, scaling: scaling as RotaryScaling });
    expect(rotary({ kind: 'ntk' })).toThrow(
      'Rotary, scaling: expected a kind of none, linear, dynamic, llama3, yarn or longrope',
    );
    expect(rotary({ kind: 'linear' })).toThrow('Rotary, scaling, factor: expected a number above 0, got undefined');
    expect(rotary({ kind: 'yarn', factor: 2 })).toThrow('trainedLength');
    expect(() => new Rotary({ headSize: 8, base: 0 })).toThrow('Rotary, base');
    const buckets = (options: object) => () => new RelativeBuckets({ heads: 2, bidirectional: true, ...options });
    expect(buckets({ buckets: 3 })).toThrow('RelativeBuckets, buckets: expected an integer >= 4, got 3');
    expect(buckets({ buckets: 32, maxDistance: 8 })).toThrow('more than the 8 distances with separate buckets, got 8');
    expect(buckets({ buckets: 32, maxDistance: 9 })).not.toThrow();
  });

  it('sinusoids in both layouts', () => {
    const [turns, halves] = [sinusoidalTable(3, 4), sinusoidalTable(3, 4, 'halves')];
    const at2 = [Math.sin(2), Math.cos(2), Math.sin(0.02), Math.cos(0.02)].map(Math.fround);
    expect([...turns.slice(8)]).toEqual(at2);
    expect([...halves.slice(8)]).toEqual([at2[0], at2[2], at2[1], at2[3]]);
  });
});
