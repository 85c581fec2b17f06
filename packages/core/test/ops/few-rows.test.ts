import { drawNormal, onEachBackend } from '@sequitur/laws';
import { matMul, memory, type Tensor2D, transpose } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { linear } from '../../src/index.js';

/** A B + bias [n] in double precision. */
function product(a: Float32Array, b: Float32Array, bias: Float32Array, n: number): Float64Array {
  const k = b.length / n;
  return Float64Array.from({ length: (a.length / k) * n }, (_, at) => {
    const row = Math.floor(at / n);
    let sum = bias[at % n]!;
    for (let p = 0; p < k; p++) sum += a[row * k + p]! * b[p * n + (at % n)]!;
    return sum;
  });
}

const largest = (differences: Float64Array) => differences.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
const values = (x: Tensor2D) => x.data() as Promise<Float32Array>;

// Sizes on both sides of the one from which on a product is streamed, none of whole lines; and one row more than few.
onEachBackend('products of few rows', () => {
  describe.each([1, 2, 3, 4, 5])('%i rows', (m) => {
    it.each([
      [130, 40],
      [515, 517],
      [129, 2051],
      [2051, 129],
    ])('are the sums in double precision: [%i, %i]', async (k, n) => {
      const a = drawNormal([m, k], 'a') as Tensor2D;
      const b = drawNormal([k, n], 'b') as Tensor2D;
      const bias = drawNormal([n], 'bias');
      const expected = product(await values(a), await values(b), (await bias.data()) as Float32Array, n);
      const before = memory().numTensors;
      const sums = linear(a, b, bias) as Tensor2D;
      expect(memory().numTensors).toBe(before + 1);
      const withoutBias = matMul(transpose(a), b, true) as Tensor2D;
      const [x, y, added] = [await values(sums), await values(withoutBias), await bias.data()];
      const tolerance = 4e-6 * Math.sqrt(k);
      expect(largest(expected.map((sum, at) => x[at]! - sum))).toBeLessThan(tolerance);
      expect(largest(expected.map((sum, at) => y[at]! - (sum - added[at % n]!)))).toBeLessThan(tolerance);
    });
  });
});
