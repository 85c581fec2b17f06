import { tensor2d } from '@tensorflow/tfjs-core';
import {
  type QuantizedBits,
  type QuantizedFormat,
  type QuantizedMatrix,
  type QuantizeRowsOptions,
  quantizeRows,
  scalesPerRow,
  wordsPerRow,
} from './matrix.js';

/**
 * Quantizes a matrix as tensors, which the caller disposes.
 *
 * @param values float32 [rows, columns]
 * @throws SequiturError where a value is not finite, or too large for float16
 */
export function quantizeMatrix(
  format: QuantizedFormat,
  values: Float32Array,
  [rows, columns]: readonly [rows: number, columns: number],
  options: QuantizeRowsOptions = {},
): QuantizedMatrix {
  return quantizedMatrix(format, quantizeRows(format, values, columns, options), [rows, columns]);
}

/** As `quantizeMatrix`, with rows that are read one block after the other. */
export async function quantizeMatrixByRows(
  format: QuantizedFormat,
  read: (first: number, count: number) => Promise<Float32Array>,
  [rows, columns]: readonly [rows: number, columns: number],
  options: Pick<QuantizeRowsOptions, 'where'> = {},
): Promise<QuantizedMatrix> {
  const words = new Int32Array(rows * wordsPerRow(format, columns));
  const scales = new Float32Array(Math.max(1, rows * scalesPerRow(format, columns))).fill(1);
  const most = Math.max(1, Math.floor(BLOCK / columns));
  for (let first = 0; first < rows; first += most) {
    const count = Math.min(most, rows - first);
    const bits = quantizeRows(format, await read(first, count), columns, options);
    words.set(bits.words, first * wordsPerRow(format, columns));
    if (scalesPerRow(format, columns) > 0) scales.set(bits.scales, first * scalesPerRow(format, columns));
  }
  return quantizedMatrix(format, { words, scales }, [rows, columns]);
}

/** Elements of a block: 8 MB. */
const BLOCK = 2 ** 21;

function quantizedMatrix(
  format: QuantizedFormat,
  { words, scales }: QuantizedBits,
  [rows, columns]: readonly [rows: number, columns: number],
): QuantizedMatrix {
  const perRow = scalesPerRow(format, columns);
  return {
    ...{ format, rows, columns },
    words: tensor2d(words, [rows, wordsPerRow(format, columns)], 'int32'),
    scales: tensor2d(scales, perRow === 0 ? [1, 1] : [rows, perRow]),
  };
}
