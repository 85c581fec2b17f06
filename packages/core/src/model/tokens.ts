import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { SequiturError } from '../errors.js';
import { checkArgument, option } from '../options/index.js';

/**
 * Token ids as a tensor int32 [batch, length], which the caller disposes.
 *
 * Ids are checked here, on the host: a GPU can only return NaN for an id beyond the table.
 *
 * @param rows lists of ids of equal length.
 * @throws SequiturError naming the row and column of the first id that is not an integer in [0, vocabularySize).
 */
export function tokenTensor(rows: readonly ArrayLike<number>[], vocabularySize: number): Tensor2D {
  checkArgument('tokenTensor, rows', listOfRows, rows);
  const length = rows[0]?.length ?? 0;
  if (length === 0) throw new SequiturError({ where: 'tokenTensor', expected: 'at least one token', got: 'none' });
  const ids = new Int32Array(rows.length * length);
  for (const [index, row] of rows.entries()) {
    if (row.length !== length) {
      throw new SequiturError({
        where: 'tokenTensor',
        expected: `rows of equal length (${length} tokens, as row 0)`,
        got: `${row.length} in row ${index}`,
        fix: 'Pad the shorter rows and pass `attentionMask` with 0 at the padding',
      });
    }
    checkIds(row, vocabularySize, `row ${index}`);
    ids.set(Array.from(row), index * length);
  }
  return tensor2d(ids, [rows.length, length], 'int32');
}

const listOfRows = option.listOf(
  option.kind('a list of token ids', (row) => Array.isArray(row) || (ArrayBuffer.isView(row) && 'length' in row)),
);

function checkIds(ids: ArrayLike<number>, vocabularySize: number, where: string): void {
  for (let column = 0; column < ids.length; column++) {
    const id = ids[column]!;
    if (Number.isInteger(id) && id >= 0 && id < vocabularySize) continue;
    throw new SequiturError({
      where: `token ids, ${where}, column ${column}`,
      expected: `an integer from 0 to ${vocabularySize - 1}`,
      got: String(id),
      fix: 'Check that the tokenizer belongs to this model',
    });
  }
}
