// Products of so few rows that packing would cost more than they do, as decoding has them: bound by how fast memory answers.
import { sumOfLanes } from './math';

/** Whether `fewRows` takes a product. */
export function isFewRows(m: i32, aColumn: i32, bRow: i32, bColumn: i32): bool {
  return m < 4 && (bColumn == 1 || (bRow == 1 && aColumn == 1));
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

/** C += alpha A B for few rows of A: B, row-major, streams through once, four of its rows at a time. */
function rowsTimesMatrix(
  m: i32, n: i32, k: i32, a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, c: usize, cRow: i32, alpha: f32,
): void {
  const whole = k & ~3;
  for (let p = 0; p < k; p += p < whole ? 4 : 1) {
    const b0 = b + (<usize>(p * bRow) << 2);
    for (let i = 0; i < m; i++) {
      const from = a + (<usize>(i * aRow + p * aColumn) << 2);
      const to = c + (<usize>(i * cRow) << 2);
      if (p < whole) addFourRows(n, from, <usize>aColumn << 2, b0, <usize>bRow << 2, to, alpha);
      else addRow(n, load<f32>(from) * alpha, b0, to);
    }
  }
}

function addFourRows(n: i32, a: usize, aStep: usize, b0: usize, bStep: usize, c: usize, alpha: f32): void {
  const x0 = load<f32>(a) * alpha, x1 = load<f32>(a + aStep) * alpha;
  const x2 = load<f32>(a + 2 * aStep) * alpha, x3 = load<f32>(a + 3 * aStep) * alpha;
  const v0 = f32x4.splat(x0), v1 = f32x4.splat(x1), v2 = f32x4.splat(x2), v3 = f32x4.splat(x3);
  const b1 = b0 + bStep, b2 = b1 + bStep, b3 = b2 + bStep;
  const end = <usize>n << 2;
  const whole = <usize>(n & ~3) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const sum01 = f32x4.add(f32x4.mul(v0, v128.load(b0 + at)), f32x4.mul(v1, v128.load(b1 + at)));
    const sum23 = f32x4.add(f32x4.mul(v2, v128.load(b2 + at)), f32x4.mul(v3, v128.load(b3 + at)));
    addTo(c + at, f32x4.add(sum01, sum23));
  }
  for (; at < end; at += 4) {
    const sum01 = x0 * load<f32>(b0 + at) + x1 * load<f32>(b1 + at);
    const sum23 = x2 * load<f32>(b2 + at) + x3 * load<f32>(b3 + at);
    store<f32>(c + at, load<f32>(c + at) + (sum01 + sum23));
  }
}

function addRow(n: i32, x: f32, b: usize, c: usize): void {
  const factor = f32x4.splat(x);
  const end = <usize>n << 2;
  const whole = <usize>(n & ~3) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) addTo(c + at, f32x4.mul(factor, v128.load(b + at)));
  for (; at < end; at += 4) store<f32>(c + at, load<f32>(c + at) + x * load<f32>(b + at));
}

/**
 * C += alpha A B for few rows of A and columns of B that lie contiguous, as with a tied output table: four columns at a
 * time, since memory answers several streams faster than one.
 */
function rowsTimesColumns(
  m: i32, n: i32, k: i32, a: usize, aRow: i32, b: usize, bColumn: i32, c: usize, cRow: i32, alpha: f32,
): void {
  const step = <usize>bColumn << 2;
  const whole = n & ~3;
  for (let j = 0; j < n; j += j < whole ? 4 : 1) {
    const column = b + <usize>j * step;
    for (let i = 0; i < m; i++) {
      const row = a + (<usize>(i * aRow) << 2);
      const at = c + (<usize>(i * cRow + j) << 2);
      if (j < whole) addFourDots(k, row, column, step, at, alpha);
      else store<f32>(at, load<f32>(at) + alpha * dot(k, row, column));
    }
  }
}

/** c [4] += alpha Σ x y for four lines y, `step` bytes apart. */
function addFourDots(k: i32, x: usize, y0: usize, step: usize, c: usize, alpha: f32): void {
  const y1 = y0 + step, y2 = y1 + step, y3 = y2 + step;
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  const end = <usize>k << 2;
  const whole = <usize>(k & ~3) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const v = v128.load(x + at);
    s0 = f32x4.add(s0, f32x4.mul(v, v128.load(y0 + at)));
    s1 = f32x4.add(s1, f32x4.mul(v, v128.load(y1 + at)));
    s2 = f32x4.add(s2, f32x4.mul(v, v128.load(y2 + at)));
    s3 = f32x4.add(s3, f32x4.mul(v, v128.load(y3 + at)));
  }
  let t0 = sumOfLanes(s0), t1 = sumOfLanes(s1), t2 = sumOfLanes(s2), t3 = sumOfLanes(s3);
  for (; at < end; at += 4) {
    const v = load<f32>(x + at);
    t0 += v * load<f32>(y0 + at);
    t1 += v * load<f32>(y1 + at);
    t2 += v * load<f32>(y2 + at);
    t3 += v * load<f32>(y3 + at);
  }
  const sums = f32x4.replace_lane(f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(t0), 1, t1), 2, t2), 3, t3);
  addTo(c, f32x4.mul(sums, f32x4.splat(alpha)));
}

/** Σ x y over k contiguous numbers. */
export function dot(k: i32, x: usize, y: usize): f32 {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  const end = <usize>k << 2;
  const whole = <usize>(k & ~15) << 2;
  let at: usize = 0;
  for (; at < whole; at += 64) {
    s0 = f32x4.add(s0, f32x4.mul(v128.load(x + at), v128.load(y + at)));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(x + at, 16), v128.load(y + at, 16)));
    s2 = f32x4.add(s2, f32x4.mul(v128.load(x + at, 32), v128.load(y + at, 32)));
    s3 = f32x4.add(s3, f32x4.mul(v128.load(x + at, 48), v128.load(y + at, 48)));
  }
  let sum = sumOfLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  for (; at < end; at += 4) sum += load<f32>(x + at) * load<f32>(y + at);
  return sum;
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, values: v128): void {
  v128.store(at, f32x4.add(v128.load(at), values));
}
