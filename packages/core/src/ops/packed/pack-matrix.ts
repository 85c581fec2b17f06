import { tensor2d } from '@tensorflow/tfjs-core';
import { type PackedFormat, type PackedMatrix, packRows, scalesPerRow, wordsPerRow } from './matrix.js';

/**
 * Packs a matrix as tensors, which the caller disposes.
 *
 * @param values float32 [rows, columns]
 * @param where the matrix, for the message
 * @throws SequiturError where a value is not finite, or too large for float16
 */
export function packMatrix(
  format: PackedFormat,
  values: Float32Array,
  [rows, columns]: readonly [rows: number, columns: number],
  where?: string,
): PackedMatrix {
  const { words, scales } = packRows(format, values, columns, where);
  const perRow = scalesPerRow(format, columns);
  return {
    ...{ format, rows, columns },
    words: tensor2d(words, [rows, wordsPerRow(format, columns)], 'int32'),
    scales: tensor2d(scales, perRow === 0 ? [1, 1] : [rows, perRow]),
  };
}
