import { embed } from '@sequitur/core';
import {
  add,
  cast,
  cumsum,
  expandDims,
  mul,
  neg,
  range,
  reshape,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
  topk,
} from '@tensorflow/tfjs-core';

/** A reordering of positions that brings the real tokens of each row together, in their order, and its inverse. */
export interface Alignment {
  /** int32 [batch * length]: for each aligned position its original one; rows are concatenated. */
  readonly order: Tensor1D;
  /** int32 [batch, length]: for each position its place in the aligned row. */
  readonly places: Tensor2D;
}

/**
 * Aligns the real tokens of each row to its left or right side; padding follows or precedes them. A recurrence then
 * computes the same as for the tokens without padding.
 *
 * @param mask [batch, length], 1 at real tokens and 0 at padding
 */
export function alignReal(mask: Tensor2D, side: 'left' | 'right'): Alignment {
  return tidy(() => {
    const [, length] = mask.shape;
    const real = cast(mask, 'float32');
    const tokensBefore = cumsum(real, 1, true);
    const paddingBefore = sub(range(0, length, 1, 'float32'), tokensBefore);
    const tokens = sum(real, 1, true);
    const [ofTokens, ofPadding] =
      side === 'left'
        ? [tokensBefore, add(tokens, paddingBefore)]
        : [add(sub(length, tokens), tokensBefore), paddingBefore];
    const places = add(mul(real, ofTokens), mul(sub(1, real), ofPadding)) as Tensor2D;
    const order = topk(neg(places), length, true).indices as Tensor2D; // no gradient: depends on a mask only
    return { order: flat(order), places: cast(places, 'int32') };
  }) as unknown as Alignment;
}

/** x [batch, length, ...] with its positions in the order of flat ids. */
export function reordered<T extends Tensor>(x: T, ids: Tensor1D): T {
  return tidy(() => {
    const [batch, length, ...rest] = x.shape;
    const width = rest.reduce((product, size) => product * size, 1);
    const rows = embed(reshape(x, [batch! * length!, width]) as Tensor2D, ids);
    return reshape(rows, [batch!, ids.size / batch!, ...rest]) as T;
  });
}

/** Ids of positions in rows of `length`: [batch, any] -> [batch * any]. */
export function flat(columns: Tensor2D, length = columns.shape[1]): Tensor1D {
  return tidy(() => {
    const firsts = expandDims(range(0, columns.shape[0] * length, length, 'int32'), 1);
    return reshape(add(cast(columns, 'int32'), firsts), [-1]) as Tensor1D;
  });
}
