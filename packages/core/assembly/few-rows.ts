// Products of few rows, as in decoding: packing B would cost more than the product, which is limited by memory
// bandwidth.
import { sumOfLanes } from './math';
import { multiplyAdd } from './multiply-add';

/** Whether `fewRows` supports a product. */
export function isFewRows(m: i32, aColumn: i32, bRow: i32, bColumn: i32): bool {
  return m <= 4 && (bColumn == 1 || (bRow == 1 && aColumn == 1));
}

/** C += alpha A B. */
export function fewRows(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32, alpha: f32,
): void {
  if (bColumn == 1) rowsTimesMatrix(m, n, k, a, aRow, aColumn, b, bRow, c, cRow, alpha);
  else rowsTimesColumns(m, n, k, a, aRow, b, bColumn, c, cRow, alpha);
}

/** C += alpha A B for few rows of A: B, row-major, is streamed once, in the order of memory. */
function rowsTimesMatrix(
  m: i32, n: i32, k: i32, a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, c: usize, cRow: i32, alpha: f32,
): void {
  for (let p = 0; p < k; p++) {
    const row = b + (<usize>(p * bRow) << 2);
    for (let i = 0; i < m; i++) {
      const x = load<f32>(a + (<usize>(i * aRow + p * aColumn) << 2)) * alpha;
      addRow(n, x, row, c + (<usize>(i * cRow) << 2));
    }
  }
}

/** c [n] += x b, a cache line at a time. */
function addRow(n: i32, x: f32, b: usize, c: usize): void {
  const factor = f32x4.splat(x);
  const end = c + (<usize>n << 2);
  const lines = c + (<usize>(n & ~15) << 2);
  for (; c < lines; c += 64, b += 64) {
    v128.store(c, multiplyAdd(factor, v128.load(b), v128.load(c)));
    v128.store(c, multiplyAdd(factor, v128.load(b, 16), v128.load(c, 16)), 16);
    v128.store(c, multiplyAdd(factor, v128.load(b, 32), v128.load(c, 32)), 32);
    v128.store(c, multiplyAdd(factor, v128.load(b, 48), v128.load(c, 48)), 48);
  }
  for (; c < end; c += 4, b += 4) store<f32>(c, load<f32>(c) + x * load<f32>(b));
}

/** C += alpha A B for few rows of A and a column-major B, as with a tied output table: one column at a time. */
function rowsTimesColumns(
  m: i32, n: i32, k: i32, a: usize, aRow: i32, b: usize, bColumn: i32, c: usize, cRow: i32, alpha: f32,
): void {
  const step = <usize>bColumn << 2;
  for (let j = 0; j < n; j++, b += step) {
    for (let i = 0; i < m; i++) {
      const at = c + (<usize>(i * cRow + j) << 2);
      store<f32>(at, load<f32>(at) + alpha * dot(k, a + (<usize>(i * aRow) << 2), b));
    }
  }
}

/** Σ x y over k contiguous elements. */
export function dot(k: i32, x: usize, y: usize): f32 {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  const end = <usize>k << 2;
  const whole = <usize>(k & ~15) << 2;
  let at: usize = 0;
  for (; at < whole; at += 64) {
    s0 = multiplyAdd(v128.load(x + at), v128.load(y + at), s0);
    s1 = multiplyAdd(v128.load(x + at, 16), v128.load(y + at, 16), s1);
    s2 = multiplyAdd(v128.load(x + at, 32), v128.load(y + at, 32), s2);
    s3 = multiplyAdd(v128.load(x + at, 48), v128.load(y + at, 48), s3);
  }
  let sum = sumOfLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  for (; at < end; at += 4) sum += load<f32>(x + at) * load<f32>(y + at);
  return sum;
}
