import { drawNormal, onEachBackend } from '@sequitur/laws';
import {
  abs,
  grad,
  matMul,
  memory,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  byReference,
  dequantizeMatrix,
  quantizedEmbed,
  quantizedLinear,
  quantizeMatrix,
  SequiturError,
} from '../../src/index.js';
import {
  dequantizeRows,
  QUANTIZED_FORMATS,
  type QuantizedFormat,
  quantizeRows,
} from '../../src/ops/quantized/matrix.js';

const values = async (x: Tensor) => [...((await x.data()) as Float32Array)];
const largestDifference = (a: readonly number[], b: readonly number[]) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

/** The largest error of one element of magnitude below 8. */
const PRECISION: Readonly<Record<QuantizedFormat, number>> = {
  bfloat16: 2 ** -6,
  float16: 2 ** -9,
  int8: 8 / 127 / 2,
  int4: 8 / 8, // the far end of the range is cut off
};

describe('quantized rows on the host', () => {
  it('are these values of one row, by hand', () => {
    const row = Float32Array.of(1, -0.5, 0.25, 2);
    const of = (format: QuantizedFormat) => [...dequantizeRows(format, quantizeRows(format, row, 4), 4)];
    expect(of('bfloat16')).toEqual([1, -0.5, 0.25, 2]);
    expect(of('float16')).toEqual([1, -0.5, 0.25, 2]);
    // int8: scale 2/127; 1 is 63.5, 0.5 is 31.75, 0.25 is 15.875.
    expect(of('int8').map((x) => Math.round((x * 127) / 2))).toEqual([64, -32, 16, 127]);
    // int4: scale 2/-8; 1 is -4, -0.5 is 2, 0.25 is -1, 2 is -8.
    expect(of('int4')).toEqual([1, -0.5, 0.25, 2]);
  });

  it('have one scale for each row of int8 and each 32 elements of int4', () => {
    const two = Float32Array.from({ length: 2 * 40 }, (_, i) => (i < 40 ? 1 : 100));
    expect([...quantizeRows('int8', two, 40).scales]).toEqual([Math.fround(1 / 127), Math.fround(100 / 127)]);
    expect([...quantizeRows('int4', two, 40).scales]).toEqual([-0.125, -0.125, -12.5, -12.5]);
  });

  it('keep the integers of a checkpoint, whose scale is any, where a group has one scale', () => {
    const integers = Float32Array.from({ length: 40 }, (_, i) => (i % 16) - 8);
    const scales = Float32Array.from(integers, (_, i) => (i < 32 ? 0.3 : 0.7));
    const values = integers.map((q, i) => q * scales[i]!);
    const quantized = quantizeRows('int4', values, 40, { scales });
    expect([...quantized.scales]).toEqual([0.3, 0.7].map(Math.fround));
    expect(dequantizeRows('int4', quantized, 40)).toEqual(values);
    // Without it -8 to 7 times 0.3 come back too, since -8 has the largest magnitude; 1 to 7 alone do not.
    const positive = values.map((value) => Math.abs(value) % 2.1);
    expect(dequantizeRows('int4', quantizeRows('int4', positive, 40), 40)).not.toEqual(positive);
    const one = new Float32Array(40).fill(0.3);
    const bytes = Float32Array.from({ length: 40 }, (_, i) => Math.fround((i === 7 ? -128 : i - 20) * one[0]!));
    expect(dequantizeRows('int8', quantizeRows('int8', bytes, 40, { scales: one }), 40)).toEqual(bytes);
    // Two scales in a row of int8: quantized anew, within half a step.
    const two = quantizeRows('int8', values, 40, { scales });
    expect(two.scales).toEqual(quantizeRows('int8', values, 40).scales);
  });

  it.each(QUANTIZED_FORMATS)('refuse what is not finite: %s', (format) => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => quantizeRows(format, Float32Array.of(1, bad), 2, { where: 'the weight' })).toThrow(SequiturError);
    }
    expect(() => quantizeRows('float16', Float32Array.of(1e5), 1, { where: 'the weight' })).toThrow(
      /the weight.*65504.*100000/s,
    );
  });
});

onEachBackend('quantized matrices', (backend) => {
  describe.each(QUANTIZED_FORMATS)('%s', (format) => {
    // One whole group, parts of groups, many groups; and more than one exact sum of int8.
    const shapes =
      backend === 'wasm'
        ? [
            [5, 32],
            [33, 70],
            [17, 4500],
          ]
        : [
            [5, 32],
            [33, 70],
          ];
    it.each(shapes)(
      '[%i, %i] dequantize to what the host dequantizes, by kernel and by reference',
      async (rows, columns) => {
        const weight = (await drawNormal([rows, columns], 'weight').data()) as Float32Array;
        const before = memory().numTensors;
        const quantized = quantizeMatrix(format, weight, [rows, columns]);
        const expected = [...dequantizeRows(format, quantizeRows(format, weight, columns), columns)];
        expect(largestDifference(expected, [...weight])).toBeLessThanOrEqual(PRECISION[format]);
        expect(await values(dequantizeMatrix(quantized))).toEqual(expected);
        expect(memory().numTensors).toBe(before + 3); // words, scales, and the result
        if (backend === 'webgpu') return; // tfjs computes integers in float32 there
        expect(await values(byReference(() => dequantizeMatrix(quantized)))).toEqual(expected);
      },
    );

    it.each([1, 3, 9])('multiply %i rows as their dequantized matrix does, with and without a bias', async (m) => {
      for (const [rows, columns] of shapes as [number, number][]) {
        const x = drawNormal([m, columns], 'x') as Tensor2D;
        const bias = drawNormal([rows], 'bias') as Tensor1D;
        const quantized = quantizeMatrix(format, (await drawNormal([rows, columns], 'weight').data()) as Float32Array, [
          rows,
          columns,
        ]);
        const product = await values(matMul(x, dequantizeMatrix(quantized), false, true));
        const biases = await bias.data();
        const found = await values(quantizedLinear(x, quantized, bias));
        // Half a unit of 16 bits for each input of integers, and the rounding of sums.
        const inputs = Math.max(...(await values(x)).map(Math.abs)) / 32767 / 2;
        const weights = Math.max(...(await values(sum(abs(dequantizeMatrix(quantized)), 1))));
        const tolerance = inputs * weights + 2e-7 * columns;
        expect(
          largestDifference(
            found,
            product.map((value, i) => value + biases[i % rows]!),
          ),
        ).toBeLessThan(tolerance);
        expect(largestDifference(await values(quantizedLinear(x, quantized, null)), product)).toBeLessThan(tolerance);
      }
    });

    it('look up rows', async () => {
      const weight = (await drawNormal([9, 40], 'weight').data()) as Float32Array;
      const quantized = quantizeMatrix(format, weight, [9, 40]);
      const table = dequantizeRows(format, quantizeRows(format, weight, 40), 40);
      const found = quantizedEmbed(quantized, tensor2d([7, 0, 7, 8], [2, 2], 'int32'));
      expect(found.shape).toEqual([2, 2, 40]);
      expect(await values(found)).toEqual([7, 0, 7, 8].flatMap((id) => [...table.subarray(40 * id, 40 * id + 40)]));
      expect(() => quantizedEmbed(quantized, tensor1d([9], 'int32'))).toThrow(/from 0 to 8/);
    });

    it('pass gradients on to their inputs', async () => {
      const quantized = quantizeMatrix(format, (await drawNormal([6, 40], 'weight').data()) as Float32Array, [6, 40]);
      const x = drawNormal([2, 40], 'x') as Tensor2D;
      const dx = grad((given) => sum(quantizedLinear(given, quantized, null)))(x);
      const columns = await values(sum(dequantizeMatrix(quantized), 0));
      expect(largestDifference(await values(dx), [...columns, ...columns])).toBeLessThan(1e-5);
    });

    it('keep a NaN of the input in its row', async () => {
      const quantized = quantizeMatrix(format, (await drawNormal([3, 32], 'weight').data()) as Float32Array, [3, 32]);
      const x = tensor2d(
        Float32Array.from({ length: 64 }, (_, i) => (i === 5 ? Number.NaN : 1)),
        [2, 32],
      );
      const found = await values(quantizedLinear(x, quantized, null));
      expect(found.map(Number.isNaN)).toEqual([true, true, true, false, false, false]);
    });
  });
});
