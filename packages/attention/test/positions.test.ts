import { byReference, initialize, parametersOf, Random, sizeOf } from '@sequitur/core';
import { expectGradientOfDifferences, onEachBackend } from '@sequitur/laws';
import {
  concat,
  dispose,
  grad,
  memory,
  mul,
  slice,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
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
  rotaryAmplitude,
  rotate,
  sinusoidalTable,
  slidingWindow,
} from '../src/index.js';

function draw<T extends Tensor>(shape: number[], seed: string): T {
  const random = Random.fromSeed(seed);
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
    shape,
  ) as T;
}

async function difference(a: Tensor, b: Tensor): Promise<number> {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [await a.data(), await b.data()];
  return Math.max(...Array.from(x, (value, i) => Math.abs(value - y[i]!)));
}

/** f(x), and dy taken back through f. */
function valueAndTurned(x: Tensor4D, dy: Tensor4D, f: (x: Tensor4D) => Tensor4D): { value: Tensor; grad: Tensor } {
  return { value: f(x), grad: grad((given) => sum(mul(f(given as Tensor4D), dy)))(x) };
}

describe('rotary frequencies', () => {
  // From PyTorch: base 10,000, heads of 8, trained on 6 positions, 12 read.
  const known: [RotaryScaling, number[], number][] = [
    [{ kind: 'none' }, [1, 0.1, 0.01, 0.001], 1],
    [{ kind: 'linear', factor: 4 }, [0.25, 0.025, 0.0025, 0.00025], 1],
    [{ kind: 'dynamic', factor: 2, trainedLength: 6 }, [1, 0.069336124, 0.0048074983, 0.00033333333], 1],
    [{ kind: 'yarn', factor: 4, trainedLength: 6 }, [1, 0.025, 0.0025, 0.00025], 1.1386294],
    [
      { kind: 'llama3', factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, trainedLength: 6 },
      [0.125, 0.0125, 0.00125, 0.000125],
      1,
    ],
  ];
  for (const [scaling, frequencies, amplitude] of known) {
    it(`${scaling.kind}: as PyTorch has them`, () => {
      const rotary = new Rotary({ headSize: 8, scaling });
      const found = rotary.frequencies(12);
      for (const [i, wanted] of frequencies.entries()) expect(found[i]! / wanted).toBeCloseTo(1, 6);
      expect(rotaryAmplitude(scaling)).toBeCloseTo(amplitude, 6);
    });
  }
});

onEachBackend('rotary positions', () => {
  for (const interleaved of [false, true]) {
    for (const rotaryWidth of [6, 4]) {
      const name = `${interleaved ? 'neighbours' : 'halves'}, ${rotaryWidth} of 6 numbers`;
      it(`${name}: turn as complex numbers do`, async () => {
        const rotary = new Rotary({ headSize: 6, rotaryWidth, interleaved, base: 50 });
        const x = draw<Tensor4D>([2, 5, 3, 6], 'x');
        const found = await rotary.mark(x, { seen: 7, length: 5 }).data();
        const given = await x.data();
        const frequencies = rotary.frequencies();
        for (let row = 0; row < 30; row++) {
          const position = 7 + (Math.floor(row / 3) % 5);
          for (let i = 0; i < rotaryWidth / 2; i++) {
            const [a, b] = interleaved ? [2 * i, 2 * i + 1] : [i, i + rotaryWidth / 2];
            const [cosine, sine] = [Math.cos(position * frequencies[i]!), Math.sin(position * frequencies[i]!)];
            const [real, imaginary] = [given[row * 6 + a]!, given[row * 6 + b]!];
            expect(found[row * 6 + a]).toBeCloseTo(real * cosine - imaginary * sine, 5);
            expect(found[row * 6 + b]).toBeCloseTo(imaginary * cosine + real * sine, 5);
          }
          for (let i = rotaryWidth; i < 6; i++) expect(found[row * 6 + i]).toBe(given[row * 6 + i]);
        }
        dispose(x);
      });

      it(`${name}: gradients against differences`, async () => {
        const { cosines, sines } = new Rotary({ headSize: 6, rotaryWidth, interleaved }).tables({ seen: 2, length: 3 });
        const x = draw<Tensor4D>([2, 3, 2, 6], 'x');
        const turn = (value: Tensor) => rotate(value as Tensor4D, cosines, sines, { interleaved });
        await expectGradientOfDifferences(turn, [x], { samples: 12 });
        dispose([x, cosines, sines]);
      });
    }
  }

  it('any shape: the kernel turns as its reference does, forward and back, and leaves nothing behind', async () => {
    for (let round = 0; round < 12; round++) {
      const before = memory().numTensors;
      const random = Random.fromSeed(`rotate ${round}`);
      const [batch, length, heads] = [1 + random.integer(3), 1 + random.integer(6), 1 + random.integer(4)];
      const pairs = 1 + random.integer(11);
      const size = 2 * pairs + (round % 2) * random.integer(5);
      const rows = random.integer(2) ? length : batch * length; // one table for all texts, or one for each
      const x = draw<Tensor4D>([batch, length, heads, size], `x ${round}`);
      const dy = draw<Tensor4D>([batch, length, heads, size], `dy ${round}`);
      const [cosines, sines] = ['cosines', 'sines'].map((name) => draw([rows, pairs], `${name} ${round}`));
      const options = { interleaved: random.integer(2) === 1 };
      const both = () =>
        tidy(() => {
          const { value, grad } = valueAndTurned(x, dy, (given) => rotate(given, cosines!, sines!, options));
          return [value, grad] as const;
        });
      const [found, wanted] = [both(), byReference(both)];
      const told = `round ${round}: [${x.shape}], ${rows} x ${pairs}, ${JSON.stringify(options)}`;
      expect(await difference(found[0], wanted[0]), told).toBeLessThan(2e-6);
      expect(await difference(found[1], wanted[1]), `${told}, gradient`).toBeLessThan(2e-6);
      dispose([...found, ...wanted, x, dy, cosines!, sines!]);
      expect(memory().numTensors).toBe(before);
    }
  });

  it('given as a tensor mean the same as counted on from the state', async () => {
    const scalings: RotaryScaling[] = [{ kind: 'none' }, { kind: 'dynamic', factor: 2, trainedLength: 4 }];
    for (const scaling of scalings) {
      const rotary = new Rotary({ headSize: 8, scaling });
      const x = draw<Tensor4D>([2, 4, 1, 8], 'x');
      const positions = tensor([3, 4, 5, 6, 3, 4, 5, 6], [2, 4], 'int32') as Tensor2D;
      const [counted, given] = [{}, { positions }].map((more) => rotary.mark(x, { seen: 3, length: 4, ...more }));
      expect(await difference(counted!, given!)).toBeLessThan(1e-5);
    }
  });
});

onEachBackend('attention with positions', () => {
  const parts = {
    rotary: () => ({ positions: new Rotary({ headSize: 4, rotaryWidth: 2 }) }),
    alibi: () => ({ positions: new Alibi(3) }),
    buckets: () => ({
      positions: new RelativeBuckets({ heads: 3, buckets: 8, maxDistance: 12, bidirectional: false }),
    }),
    window: () => ({ pattern: slidingWindow({ left: 2 }), keyHeads: 1 }),
    'values of another size': () => ({ valueSize: 5, scale: 0.7, query: { bias: false } }),
  };
  for (const [name, make] of Object.entries(parts)) {
    it(`${name}: a text in chunks as in one`, async () => {
      const mixer = initialize(new MultiHeadAttention({ width: 12, heads: 3, ...make() }), 'm');
      const x = draw<Tensor3D>([2, 9, 12], 'x');
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
      expect(await difference(concat(outputs, 1), whole.output)).toBeLessThan(1e-5);
      mixer.dispose();
    });
  }

  it('rotary and ALiBi know distances alone: a shifted text gives the same', async () => {
    for (const positions of [new Rotary({ headSize: 4 }), new Alibi(3)]) {
      const mixer = initialize(new MultiHeadAttention({ width: 12, heads: 3, positions }), 'm');
      const x = draw<Tensor3D>([1, 4, 12], 'x');
      const shifted = tensor([5, 6, 7, 8], [1, 4], 'int32') as Tensor2D;
      const outputs = [{}, { positions: shifted }].map((context) => mixer.mix(x, mixer.initState(1), context).output);
      expect(await difference(outputs[0]!, outputs[1]!)).toBeLessThan(1e-5);
      mixer.dispose();
    }
  });

  it('encoders read a text whole, and remember nothing', async () => {
    const positions = new RelativeBuckets({ heads: 2, bidirectional: true });
    const [first, second] = [0, 1].map(
      () => new MultiHeadAttention({ width: 8, heads: 2, pattern: full(), positions }),
    );
    initialize(first!, 1);
    initialize(second!, 2);
    expect(
      [...parametersOf(first!).values()].filter((p) => [...parametersOf(second!).values()].includes(p)),
    ).toHaveLength(1);
    const x = draw<Tensor3D>([1, 5, 8], 'x');
    const { output, state } = first!.mix(x, first!.initState(1), {});
    expect(state).toEqual({ length: 5 });
    // The last token reaches the first one's output.
    const changed = concat([slice(x, [0, 0, 0], [1, 4, 8]), draw<Tensor3D>([1, 1, 8], 'y')], 1) as Tensor3D;
    const other = first!.mix(changed, first!.initState(1), {}).output;
    const row = (y: Tensor3D) => slice(y, [0, 0, 0], [1, 1, 8]);
    expect(await difference(row(output), row(other))).toBeGreaterThan(1e-4);
    expect(() => first!.mix(x, state, {})).toThrow(/whole text at once, got a chunk after 5 tokens/);
  });

  it('cross-attention reads its source once', async () => {
    const cross = initialize(new CrossAttention({ width: 8, sourceWidth: 6, heads: 2 }), 3);
    const source = draw<Tensor3D>([2, 5, 6], 's');
    const visible = tensor([1, 1, 1, 0, 0, 1, 1, 1, 1, 1], [2, 5], 'int32') as Tensor2D;
    const state = cross.read(source, visible);
    const x = draw<Tensor3D>([2, 3, 8], 'x');
    const whole = cross.mix(x, state, {});
    expect(whole.state).toBe(state);
    const last = cross.mix(slice(x, [0, 2, 0], [2, 1, 8]), state, {}).output;
    expect(await difference(last, slice(whole.output, [0, 2, 0], [2, 1, 8]))).toBeLessThan(1e-5);
    const short = cross.read(slice(source, [0, 0, 0], [1, 3, 6]));
    const alone = cross.mix(slice(x, [0, 0, 0], [1, 3, 8]), short, {}).output;
    expect(await difference(alone, slice(whole.output, [0, 0, 0], [1, 3, 8]))).toBeLessThan(1e-5);
    expect(() => tidy(() => cross.mix(x, cross.initState(2), {}).output)).toThrow(/source/);
  });
});

describe('tables', () => {
  it('ALiBi slopes, also where the number of heads is no power of two', () => {
    expect(alibiSlopes(4)).toEqual([0.25, 0.0625, 0.015625, 0.00390625]);
    expect(alibiSlopes(6)).toEqual([0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125]);
  });

  it('buckets: one each when near, shared when far', () => {
    const decoder = { buckets: 8, bidirectional: false, maxDistance: 20 };
    expect([1, 0, -1, -2, -3, -4, -6, -12, -500].map((d) => relativeBucket(d, decoder))).toEqual([
      0, 0, 1, 2, 3, 4, 5, 6, 7,
    ]);
    const encoder = { buckets: 8, bidirectional: true, maxDistance: 20 };
    expect([-500, -1, 0, 1, 500].map((d) => relativeBucket(d, encoder))).toEqual([3, 1, 0, 5, 7]);
    // Exactly halfway between two powers: the logarithm of what is divided by is rounded to float32 too.
    expect(relativeBucket(-14, { buckets: 8, bidirectional: false, maxDistance: 49 })).toBe(6);
    expect(relativeBucket(-56, { buckets: 32, bidirectional: false, maxDistance: 196 })).toBe(24);
  });

  it('sinusoids in both layouts', () => {
    const [turns, halves] = [sinusoidalTable(3, 4), sinusoidalTable(3, 4, 'halves')];
    const at2 = [Math.sin(2), Math.cos(2), Math.sin(0.02), Math.cos(0.02)].map(Math.fround);
    expect([...turns.slice(8)]).toEqual(at2);
    expect([...halves.slice(8)]).toEqual([at2[0], at2[2], at2[1], at2[3]]);
  });
});
