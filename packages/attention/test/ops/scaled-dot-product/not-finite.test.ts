import { onEachBackend } from '@sequitur/laws';
import { dispose, grads, sum, type Tensor, type Tensor4D, tensor2d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  type AttentionOptions,
  attention,
  attentionWithLogSumExp,
  causal,
  full,
  slidingWindow,
} from '../../../src/index.js';
import { alwaysUseBlockKernels } from '../../../src/ops/scaled-dot-product/webgpu/heuristics.js';

/**
 * Backends differ in their code paths: few queries or many, whole or masked blocks, 4 elements at a time or one by one.
 */
const SIZES = [
  { queries: 2, keys: 2 },
  { queries: 5, keys: 7 },
  { queries: 70, keys: 133 },
] as const;

/** One head of rows that identify themselves: [1, length, 1, 4]. */
function rows(length: number, value: (row: number, column: number) => number): Tensor4D {
  const values = Float32Array.from({ length: length * 4 }, (_, i) => value(Math.floor(i / 4), i % 4));
  return tensor4d(values, [1, length, 1, 4]);
}

const ofQuery = (length: number) => rows(length, (row, column) => Math.sin(row + 3 * column));
const ofKey = (length: number) => rows(length, (row, column) => Math.cos(2 * row - column));
const ofValue = (length: number) => rows(length, (row, column) => row / 8 + column);

/** Whether each row of [1, length, 1, 4] holds a NaN. */
async function rowsWithNaN(x: Tensor4D): Promise<boolean[]> {
  const values = await x.data();
  return Array.from({ length: x.shape[1] }, (_, row) => values.slice(4 * row, 4 * row + 4).some(Number.isNaN));
}

/** NaN with other bits than JavaScript's, as in memory of all ones. */
const ALL_ONES = new Float32Array(Uint32Array.of(0xffffffff).buffer)[0]!;

onEachBackend('attention with non-finite inputs', (backend) => {
  alwaysUseBlockKernels();
  const sizes = backend === 'webgpu' ? SIZES.slice(1) : SIZES;

  for (const { queries, keys } of sizes) {
    const patterns = { full: full(), causal: causal(), window: slidingWindow({ left: 3, right: 1 }) };
    for (const [name, pattern] of Object.entries(patterns)) {
      it(`${queries} queries, ${keys} keys, ${name}: NaN in a query reaches only its output, logarithm and gradient`, {
        timeout: 240_000,
      }, async () => {
        for (const [options, value] of [
          [{}, Number.NaN],
          [{ softCap: 5 }, Number.NaN],
          [{ dropout: { rate: 0.3, seed: 5 } }, Number.NaN],
          [{}, ALL_ONES],
        ] as const) {
          const spoilt = queries - 1;
          const clean = ofQuery(queries);
          const data = await clean.data();
          data[4 * spoilt + 1] = value;
          const query = tensor4d(data as Float32Array, [1, queries, 1, 4]);
          const [key, values] = [ofKey(keys), ofValue(keys)];
          const all = { pattern, ...options } as AttentionOptions;
          const { output, logSumExp } = attentionWithLogSumExp(query, key, values, all);
          const wanted = Array.from({ length: queries }, (_, row) => row === spoilt);
          expect(await rowsWithNaN(output)).toEqual(wanted);
          expect([...(await logSumExp.data())].map(Number.isNaN)).toEqual(wanted);
          const [dQuery, dKey, dValue] = grads((...[q, k, v]: Tensor[]) =>
            tidy(() => sum(attention(q as Tensor4D, k as Tensor4D, v as Tensor4D, all))),
          )([query, key, values]) as [Tensor4D, Tensor4D, Tensor4D];
          expect(await rowsWithNaN(dQuery)).toEqual(wanted);
          expect((await rowsWithNaN(dKey))[keys - 1]).toBe(true); // the last query attends to it by any of these patterns
          expect((await rowsWithNaN(dValue))[keys - 1]).toBe(true);
          dispose([clean, query, key, values, output, logSumExp, dQuery, dKey, dValue]);
        }
      });
    }
  }

  it('NaN in a key reaches only the queries that attend to it', async () => {
    const length = 70;
    const key = rows(length, (row, column) => (row === 40 ? Number.NaN : Math.cos(row + column)));
    const output = attention(ofQuery(length), key, ofValue(length), { pattern: causal() });
    expect(await rowsWithNaN(output)).toEqual(Array.from({ length }, (_, row) => row >= 40));
    const attentionMask = tensor2d([Array.from({ length }, (_, row) => (row === 40 ? 0 : 1))]);
    const hidden = attention(ofQuery(length), key, ofValue(length), { attentionMask });
    expect(await rowsWithNaN(hidden)).toEqual(new Array(length).fill(false)); // the mask hides it
  });

  // Scores of the two keys are -1e30 and -1e30: a mask hides, a low score does not.
  it.each([-1e30, -3.4028234663852886e38])('two keys with a bias of %d get equal weights', async (low) => {
    for (const queries of [1, 5]) {
      const values = tensor4d([1, 0, 0, 0, 3, 0, 0, 0], [1, 2, 1, 4]);
      const bias = { kind: 'tensor', values: tensor4d([low, low], [1, 1, 1, 2]) } as const;
      const { output, logSumExp } = attentionWithLogSumExp(ofQuery(queries), ofKey(2), values, {
        bias,
        pattern: full(),
      });
      const [first] = await output.data();
      expect(first).toBeCloseTo(2, 5);
      expect((await logSumExp.data())[0]! / low).toBeCloseTo(1, 5);
      const dValue = grads((v: Tensor) =>
        tidy(() => sum(attention(ofQuery(queries), ofKey(2), v as Tensor4D, { bias, pattern: full() }))),
      )([values])[0]!;
      expect([...(await dValue.data())].map((x) => Number(x.toFixed(4)))).toEqual(new Array(8).fill(queries / 2));
    }
  });

  it('a bias of -Infinity masks a key; where it masks all, the output is NaN', async () => {
    for (const queries of [1, 5]) {
      const values = tensor4d([1, 0, 0, 0, 3, 0, 0, 0], [1, 2, 1, 4]);
      const outputs = [
        [-Infinity, 0],
        [0, -Infinity],
        [-Infinity, -Infinity],
      ].map((row) =>
        attention(ofQuery(queries), ofKey(2), values, {
          bias: { kind: 'tensor', values: tensor4d(row, [1, 1, 1, 2]) },
          pattern: full(),
        }),
      );
      const firsts = await Promise.all(outputs.map(async (output) => (await output.data())[0]!));
      expect(firsts[0]).toBeCloseTo(3, 5);
      expect(firsts[1]).toBeCloseTo(1, 5);
      expect(firsts[2]).toBeNaN();
    }
  });

  it('the log-sum-exp of a fully masked query is -Infinity', async () => {
    const attentionMask = tensor2d([[0, 0, 1]]);
    const { logSumExp } = attentionWithLogSumExp(ofQuery(3), ofKey(3), ofValue(3), { attentionMask });
    const found = [...(await logSumExp.data())];
    expect(found).toEqual([-Infinity, -Infinity, expect.any(Number)]);
    expect(found[2]).toSatisfy(Number.isFinite);
  });
});
