import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import { expectUsable } from '../backends/expect-usable.js';
import { SequiturError } from '../errors.js';
import { showShape } from '../shape.js';

/** The expected dtype and shape of a tensor. */
export interface Expected {
  readonly dtype?: DataType;
  /** The exact shape, or a list that starts with `'...'` for any leading dimensions. */
  readonly shape?: readonly (number | '...')[];
}

/**
 * Checks a tensor before any kernel sees it.
 *
 * @param where the operation and the argument: `layerNorm, weight`.
 */
export function expectTensor(where: string, tensor: Tensor, { dtype = 'float32', shape }: Expected = {}): void {
  expectUsable(where, tensor);
  if (tensor.dtype !== dtype) throw new SequiturError({ where, expected: `dtype ${dtype}`, got: tensor.dtype });
  if (shape && !fits(tensor.shape, shape)) {
    throw new SequiturError({ where, expected: `shape [${shape.join(', ')}]`, got: showShape(tensor.shape) });
  }
}

function fits(found: readonly number[], wanted: readonly (number | '...')[]): boolean {
  const open = wanted[0] === '...';
  const sizes = open ? wanted.slice(1) : wanted;
  if (open ? found.length < sizes.length : found.length !== sizes.length) return false;
  return sizes.every((size, axis) => found[found.length - sizes.length + axis] === size);
}

/** Checks a number: `dropout, rate` in [0, 1) for example. */
export function expectNumber(where: string, value: number, expected: string, holds: (value: number) => boolean): void {
  if (!holds(value)) throw new SequiturError({ where, expected, got: String(value) });
}

/** The size of the last axis. */
export function widthOf(where: string, tensor: Tensor): number {
  const width = tensor.shape.at(-1);
  if (!width)
    throw new SequiturError({
      where,
      expected: 'at least one axis of at least one element',
      got: showShape(tensor.shape),
    });
  return width;
}
