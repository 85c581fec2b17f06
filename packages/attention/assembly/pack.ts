// Rows of a tensor [.., size], `stride` elements apart, copied into the order in which the tiles read them. Elements
// beyond the rows or the size are zero.
import { packColumns, packRows } from '../../core/assembly/gemm';
import { BLOCK, bytes, roundUp } from './call';

/** Panels of 4 rows: [rows / 4, size, 4]. */
export function packFours(rows: i32, size: i32, from: usize, stride: i32, to: usize): void {
  packRows(rows, size, from, stride, 1, 1, to);
}

/** Strips of 8 rows: [rows / 8, size, 8], times `factor`. */
export function packEights(rows: i32, size: i32, from: usize, stride: i32, factor: f32, to: usize): void {
  packColumns(size, rows, from, 1, stride, to);
  if (factor != 1) multiply(to, size * roundUp(rows, 8), factor);
}

/**
 * For each block of 64 rows, panels of 8 columns: [room / BLOCK, size / 8, BLOCK, 8], rows from `rows` to `room` zero.
 */
export function packPanels(rows: i32, room: i32, size: i32, from: usize, stride: i32, to: usize): void {
  const step = bytes(stride);
  for (let first = 0; first < room; first += BLOCK, from += BLOCK * step) {
    const count = max(0, min(BLOCK, rows - first));
    for (let column = 0; column < size; column += 8, to += BLOCK << 5) {
      packPanel(count, min(8, size - column), from + bytes(column), step, to);
    }
  }
}

function packPanel(rows: i32, columns: i32, from: usize, step: usize, to: usize): void {
  const end = to + (BLOCK << 5);
  for (const whole = to + (<usize>rows << 5); to < whole; from += step, to += 32) {
    if (columns == 8) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    } else {
      memory.fill(to, 0, 32);
      memory.copy(to, from, bytes(columns));
    }
  }
  memory.fill(to, 0, end - to);
}

/** x *= factor, n a multiple of 4. */
export function multiply(x: usize, n: i32, factor: f32): void {
  const by = f32x4.splat(factor);
  for (const end = x + (<usize>n << 2); x < end; x += 16) v128.store(x, f32x4.mul(v128.load(x), by));
}

/** Rows of `room` elements, of which `size` are used, times `factor`, copied to rows `stride` elements apart. */
export function unpackRows(rows: i32, size: i32, room: i32, from: usize, factor: f32, to: usize, stride: i32): void {
  const by = f32x4.splat(factor);
  const whole = <usize>(size & ~3) << 2, end = <usize>size << 2;
  for (let row = 0; row < rows; row++, from += <usize>room << 2, to += <usize>stride << 2) {
    let at: usize = 0;
    for (; at < whole; at += 16) v128.store(to + at, f32x4.mul(v128.load(from + at), by));
    for (; at < end; at += 4) store<f32>(to + at, load<f32>(from + at) * factor);
  }
}
