import { checkIntegerValues, SequiturError, showShape, showValue } from '@sequitur/core';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';

export type Row = ArrayLike<number>;

/**
 * Class labels of this shape as a tensor int32; -100 (or `ignored`) is ignored.
 *
 * @throws SequiturError naming row, column and value of a label that is none
 */
export function classTensor(
  where: string,
  labels: readonly number[] | readonly Row[],
  { shape, classes, ignored = -100 }: { shape: readonly number[]; classes: number; ignored?: number },
): Tensor {
  const values = flatten(labels);
  expectCount(where, values.length, shape);
  checkIntegerValues(where, values, { below: classes, ignored, columns: shape.length > 1 ? shape.at(-1) : undefined });
  return tensor(Int32Array.from(values), [...shape], 'int32');
}

/** Regression targets as a tensor float32 of this shape. */
export function targetTensor(
  where: string,
  labels: readonly number[] | readonly Row[],
  shape: readonly number[],
): Tensor {
  const values = flatten(labels);
  expectCount(where, values.length, shape);
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw new SequiturError({ where, expected: 'finite numbers', got: showValue(wrong) });
  return tensor(Float32Array.from(values), [...shape], 'float32');
}

function flatten(labels: readonly number[] | readonly Row[]): number[] {
  return (labels as readonly (number | Row)[]).flatMap((item) =>
    typeof item === 'number' ? [item] : Array.from(item),
  );
}

function expectCount(where: string, count: number, shape: readonly number[]): void {
  if (count === shape.reduce((size, dimension) => size * dimension, 1)) return;
  throw new SequiturError({ where, expected: `labels of shape ${showShape(shape)}`, got: `${count} of them` });
}
