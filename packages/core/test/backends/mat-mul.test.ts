import { onEachBackend } from '@sequitur/laws';
import { dispose, matMul, tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Random } from '../../src/index.js';

/** C[i, j] = Σ A[i, p] B[p, j] in double precision. */
function product(a: Float32Array, b: Float32Array, m: number, k: number, n: number, tA: boolean, tB: boolean) {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      for (let p = 0; p < k; p++) c[i * n + j]! += a[tA ? p * m + i : i * k + p]! * b[tB ? j * k + p : p * n + j]!;
  return c;
}

onEachBackend('matMul', () => {
  const sizes = [
    [1, 1, 1],
    [1, 7, 5],
    [3, 300, 9],
    [2, 64, 1030],
    [4, 8, 8],
    [5, 3, 17],
    [97, 260, 33],
    [33, 513, 70],
    [9, 1541, 18], // three blocks of the inner axis, the last smaller
    [67, 5, 1050],
  ] as const;
  for (const [m, k, n] of sizes) {
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      it(`${m} x ${k} x ${n}${transposeA ? ', first transposed' : ''}${transposeB ? ', second transposed' : ''}`, async () => {
        const random = Random.fromSeed(`${m} ${k} ${n}`);
        const a = Float32Array.from({ length: m * k }, () => random.normal());
        const b = Float32Array.from({ length: k * n }, () => random.normal());
        const x = tensor(a, transposeA ? [k, m] : [m, k]);
        const y = tensor(b, transposeB ? [n, k] : [k, n]);
        const z = matMul(x, y, transposeA, transposeB);
        const found = await z.data();
        const wanted = product(a, b, m, k, n, transposeA, transposeB);
        const error = Math.max(...Array.from(found, (value, i) => Math.abs(value - wanted[i]!)));
        expect(error).toBeLessThan(1e-5 * Math.sqrt(k) * 4);
        dispose([x, y, z]);
      });
    }
  }

  it('multiplies batches, and one matrix with each of a batch', async () => {
    const random = Random.fromSeed('batches');
    const a = Float32Array.from({ length: 6 * 5 * 4 }, () => random.normal());
    const b = Float32Array.from({ length: 6 * 4 * 3 }, () => random.normal());
    const x = tensor(a, [2, 3, 5, 4]);
    const y = tensor(b, [2, 3, 4, 3]);
    const one = tensor(b.slice(0, 12), [1, 1, 4, 3]);
    const [each, shared] = [matMul(x, y), matMul(x, one)];
    expect(each.shape).toEqual([2, 3, 5, 3]);
    const [eachValues, sharedValues] = [await each.data(), await shared.data()];
    for (let i = 0; i < 6; i++) {
      const left = a.slice(i * 20, i * 20 + 20);
      const wanted = product(left, b.slice(i * 12, i * 12 + 12), 5, 4, 3, false, false);
      const wantedShared = product(left, b.slice(0, 12), 5, 4, 3, false, false);
      for (let j = 0; j < 15; j++) {
        expect(eachValues[i * 15 + j]).toBeCloseTo(wanted[j]!, 4);
        expect(sharedValues[i * 15 + j]).toBeCloseTo(wantedShared[j]!, 4);
      }
    }
    dispose([x, y, one, each, shared]);
  });
});
