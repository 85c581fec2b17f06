import { reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expectTensor } from '../expect-tensor.js';
import type { PackedMatrix } from '../packed/matrix.js';
import { unpackRows } from '../unpack-rows/index.js';
import { checkIntegers } from '../values-on-host.js';

/**
 * Embedding lookup in a packed table: one row for each id. Not differentiable.
 *
 * @param table [vocabulary, width]
 * @param ids int32 [...], each in [0, vocabulary)
 * @returns float32 [..., width], which the caller disposes
 * @throws SequiturError when a dtype or (where the ids can be seen from the host) an id does not match
 */
export function packedEmbed({ format, rows, columns, words, scales }: PackedMatrix, ids: Tensor): Tensor {
  expectTensor('packedEmbed, ids', ids, { dtype: 'int32' });
  checkIntegers('packedEmbed, ids', ids, { below: rows, columns: ids.rank > 1 ? ids.shape.at(-1) : undefined });
  return tidy(() => {
    const values = unpackRows(words, scales, reshape(ids, [ids.size]), { format, columns });
    return reshape(values, [...ids.shape, columns]);
  });
}
