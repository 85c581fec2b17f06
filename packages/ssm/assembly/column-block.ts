// Sixteen adjacent columns of a state matrix [rows, columns], whose rows then are 64 contiguous bytes.
import { loadLanes, storeLanes } from '../../core/assembly/lanes';

/** Columns of a block. */
export const BLOCK = 16;
/** Bytes of a row of a block. */
export const ROW: usize = 64;

/** Vector `index` of the block at p, of whose columns `count` exist; zeros in place of the others. */
// @ts-ignore: decorator
@inline
export function vectorAt(p: usize, index: i32, count: i32): v128 {
  const rest = count - 4 * index;
  return rest > 0 ? loadLanes(p + (<usize>index << 4), rest) : f32x4.splat(0);
}

// @ts-ignore: decorator
@inline
export function storeVector(p: usize, index: i32, count: i32, v: v128): void {
  const rest = count - 4 * index;
  if (rest > 0) storeLanes(p + (<usize>index << 4), v, rest);
}

/** Columns of a matrix -> a block; `step` is the bytes of a row of the matrix. */
export function toBlock(rows: i32, count: i32, step: usize, from: usize, to: usize): void {
  for (let k = 0; k < rows; k++, from += step, to += ROW) {
    for (let i = 0; i < 4; i++) v128.store(to + (<usize>i << 4), vectorAt(from, i, count));
  }
}

export function fromBlock(rows: i32, count: i32, step: usize, from: usize, to: usize): void {
  for (let k = 0; k < rows; k++, from += ROW, to += step) {
    for (let i = 0; i < 4; i++) storeVector(to, i, count, v128.load(from + (<usize>i << 4)));
  }
}
