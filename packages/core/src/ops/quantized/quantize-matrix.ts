import { tensor2d } from '@tensorflow/tfjs-core';
import {
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
  const { words, scales } = quantizeRows(format, values, columns, options);
  const perRow = scalesPerRow(format, columns);
  return {
    ...{ format, rows, columns },
    words: tensor2d(words, [rows, wordsPerRow(format, columns)], 'int32'),
    scales: tensor2d(scales, perRow === 0 ? [1, 1] : [rows, perRow]),
  };
}
