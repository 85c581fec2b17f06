import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { checkIntegerValues } from '../../ops/values-on-host.js';
import { showValue } from '../../options/index.js';

export interface LabelTensorOptions {
  /** [rows, columns], as the logits have them. */
  readonly shape: readonly [rows: number, columns: number];
  readonly classes: number;
  /** The label of ignored positions; default -100. */
  readonly ignoreLabel?: number;
}

/**
 * Labels on the host as a tensor int32 [rows, columns], which the caller disposes.
 *
 * @throws SequiturError where the shape differs from the logits', and naming row, column and value of an invalid label
 */
export function labelTensor(
  where: string,
  rows: readonly ArrayLike<number>[],
  { shape: [count, columns], classes, ignoreLabel = -100 }: LabelTensorOptions,
): Tensor2D {
  if (!Array.isArray(rows) || rows.length !== count) {
    const got = Array.isArray(rows) ? `${rows.length} rows` : showValue(rows);
    throw new SequiturError({ where, expected: `${count} rows of labels, one for each row of tokens`, got });
  }
  const values = new Int32Array(count * columns);
  for (const [index, row] of rows.entries()) {
    if (row?.length !== columns) {
      throw new SequiturError({
        where: `${where}, row ${index}`,
        expected: `${columns} labels, one for each token`,
        got: row?.length === undefined ? showValue(row) : `${row.length}`,
      });
    }
    checkIntegerValues(where, row, { below: classes, ignored: ignoreLabel, columns, firstRow: index });
    values.set(Array.from(row), index * columns);
  }
  return tensor2d(values, [count, columns], 'int32');
}
