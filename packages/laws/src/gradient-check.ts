import { Random } from '@sequitur/core';
import { dispose, grads, mul, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

export interface GradientCheckOptions {
  /** Step h of the differences; default 1e-2, since float32 needs a large one. */
  readonly step?: number;
  /** Largest difference, relative to the largest element of that input's gradient; default 2e-3. */
  readonly tolerance?: number;
  /** Number of elements of each input that are checked; default 24. */
  readonly samples?: number;
}

/**
 * Compares the gradient of Σ c ⊙ f(inputs), for random c, with central differences (f(x + h) - f(x - h)) / 2h, for
 * elements drawn from every input. The inputs are float32; the caller disposes them.
 */
export async function expectGradientOfDifferences(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  { step = 1e-2, tolerance = 2e-3, samples = 24 }: GradientCheckOptions = {},
): Promise<void> {
  const random = Random.fromSeed('gradient check');
  const output = tidy(() => f(...inputs));
  const weights = tensor(draw(output.size, random), output.shape);
  output.dispose();
  const weighted = (...values: Tensor[]) => tidy(() => sum(mul(f(...values), weights)));
  const gradients = grads((...values: Tensor[]) => weighted(...values))([...inputs]) as Tensor[];
  for (const [index, input] of inputs.entries()) {
    const found = await gradients[index]!.data();
    const values = (await input.data()) as Float32Array;
    const scale = Math.max(...Array.from(found, Math.abs));
    for (let sample = 0; sample < Math.min(samples, values.length); sample++) {
      const place = values.length <= samples ? sample : random.integer(values.length);
      const at = async (offset: number) => {
        const moved = values.slice();
        moved[place]! += offset;
        const replaced = tensor(moved, input.shape);
        const result = tidy(() => weighted(...inputs.map((other, i) => (i === index ? replaced : other))));
        const [value] = await result.data();
        dispose([replaced, result]);
        return value!;
      };
      const [above, below] = [await at(step), await at(-step)];
      const difference = (above - below) / (2 * step);
      // The sums have a relative error of 2^-24 in float32, and their terms a slightly larger one.
      const noise = (2 ** -20 * Math.max(1, Math.abs(above), Math.abs(below))) / step;
      expect(
        Math.abs(difference - found[place]!),
        `input ${index}, number ${place}: gradient ${found[place]}, differences ${difference}`,
      ).toBeLessThan(tolerance * scale + noise);
    }
  }
  dispose([weights, ...gradients]);
}

function draw(count: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal());
}
