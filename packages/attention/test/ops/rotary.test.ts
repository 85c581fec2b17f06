import { byReference, Random } from '@sequitur/core';
import { distance, drawNormal, expectGradientOfDifferences, onEachBackend } from '@sequitur/laws';
import {
  dispose,
  grad,
  memory,
  mul,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Rotary, type RotaryScaling, rotaryAmplitude, rotate } from '../../src/index.js';

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
    for (const rotaryDimensions of [6, 4]) {
      const name = `${interleaved ? 'neighbours' : 'halves'}, ${rotaryDimensions} of 6 numbers`;
      it(`${name}: rotate like complex numbers`, async () => {
        const rotary = new Rotary({ headSize: 6, rotaryDimensions, interleaved, base: 50 });
        const x = drawNormal<Tensor4D>([2, 5, 3, 6], 'x');
        const found = await rotary.apply(x, { seen: 7, length: 5 }).data();
        const given = await x.data();
        const frequencies = rotary.frequencies();
        for (let row = 0; row < 30; row++) {
          const position = 7 + (Math.floor(row / 3) % 5);
          for (let i = 0; i < rotaryDimensions / 2; i++) {
            const [a, b] = interleaved ? [2 * i, 2 * i + 1] : [i, i + rotaryDimensions / 2];
            const [cosine, sine] = [Math.cos(position * frequencies[i]!), Math.sin(position * frequencies[i]!)];
            const [real, imaginary] = [given[row * 6 + a]!, given[row * 6 + b]!];
            expect(found[row * 6 + a]).toBeCloseTo(real * cosine - imaginary * sine, 5);
            expect(found[row * 6 + b]).toBeCloseTo(imaginary * cosine + real * sine, 5);
          }
          for (let i = rotaryDimensions; i < 6; i++) expect(found[row * 6 + i]).toBe(given[row * 6 + i]);
        }
        dispose(x);
      });

      it(`${name}: gradients against differences`, async () => {
        const { cosines, sines } = new Rotary({ headSize: 6, rotaryDimensions, interleaved }).tables({
          seen: 2,
          length: 3,
        });
        const x = drawNormal<Tensor4D>([2, 3, 2, 6], 'x');
        const turn = (value: Tensor) => rotate(value as Tensor4D, cosines, sines, { interleaved });
        await expectGradientOfDifferences(turn, [x], { samples: 12 });
        dispose([x, cosines, sines]);
      });
    }
  }

  it('any shape: the kernel equals its reference, forward and gradient, and leaks no tensors', async () => {
    for (let round = 0; round < 12; round++) {
      const before = memory().numTensors;
      const random = Random.fromSeed(`rotate ${round}`);
      const [batch, length, heads] = [1 + random.integer(3), 1 + random.integer(6), 1 + random.integer(4)];
      const pairs = 1 + random.integer(11);
      const size = 2 * pairs + (round % 2) * random.integer(5);
      const rows = random.integer(2) ? length : batch * length; // one table for all rows, or one for each
      const x = drawNormal<Tensor4D>([batch, length, heads, size], `x ${round}`);
      const dy = drawNormal<Tensor4D>([batch, length, heads, size], `dy ${round}`);
      const [cosines, sines] = ['cosines', 'sines'].map((name) => drawNormal([rows, pairs], `${name} ${round}`));
      const options = { interleaved: random.integer(2) === 1 };
      const both = () =>
        tidy(() => {
          const { value, grad } = valueAndTurned(x, dy, (given) => rotate(given, cosines!, sines!, options));
          return [value, grad] as const;
        });
      const [found, wanted] = [both(), byReference(both)];
      const told = `round ${round}: [${x.shape}], ${rows} x ${pairs}, ${JSON.stringify(options)}`;
      expect(await distance(found[0], wanted[0]), told).toBeLessThan(2e-6);
      expect(await distance(found[1], wanted[1]), `${told}, gradient`).toBeLessThan(2e-6);
      dispose([...found, ...wanted, x, dy, cosines!, sines!]);
      expect(memory().numTensors).toBe(before);
    }
  });

  it('as a tensor equal those counted from the state', async () => {
    const scalings: RotaryScaling[] = [{ kind: 'none' }, { kind: 'dynamic', factor: 2, trainedLength: 4 }];
    for (const scaling of scalings) {
      const rotary = new Rotary({ headSize: 8, scaling });
      const x = drawNormal<Tensor4D>([2, 4, 1, 8], 'x');
      const positions = tensor([3, 4, 5, 6, 3, 4, 5, 6], [2, 4], 'int32') as Tensor2D;
      const [counted, given] = [{}, { positions }].map((more) => rotary.apply(x, { seen: 3, length: 4, ...more }));
      expect(await distance(counted!, given!)).toBeLessThan(1e-5);
    }
  });
});
