import { reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { dequantizeRows } from '../dequantize-rows/index.js';
import { expectTensor } from '../expect-tensor.js';
import type { QuantizedMatrix } from '../quantized/matrix.js';
import { checkIntegers } from '../values-on-host.js';

/**
 * Embedding lookup in a quantized table: one row for each id. Not differentiable.
 *
 * @param table [vocabulary, width]
 * @param ids int32 [...], each in [0, vocabulary)
 * @returns float32 [..., width], which the caller disposes
 * @throws SequiturError when a dtype or (where the ids are on the host) an id does not match
 */
export function quantizedEmbed({ format, rows, columns, words, scales }: QuantizedMatrix, ids: Tensor): Tensor {
  expectTensor('quantizedEmbed, ids', ids, { dtype: 'int32' });
  checkIntegers('quantizedEmbed, ids', ids, { below: rows, columns: ids.rank > 1 ? ids.shape.at(-1) : undefined });
  return tidy(() => {
    const values = dequantizeRows(words, scales, reshape(ids, [ids.size]), { format, columns });
    return reshape(values, [...ids.shape, columns]);
  });
}
