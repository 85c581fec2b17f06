// Dense products C = alpha op(A) op(B) on raw offsets, after Goto and van de Geijn 2008: blocks of A and B are packed
// into panels that stay in the caches, and a register tile of 4 x 8 sums runs over them. Strides count numbers, not
// bytes; a transposed matrix is one with its strides exchanged.

import { sumOfLanes } from './math';

const TILE_ROWS: i32 = 4;
const TILE_COLUMNS: i32 = 8;
/** Inner block: a panel of B (8 x 512 numbers) fills half of a 32 KB level 1 cache. */
const BLOCK_INNER: i32 = 512;
/** Rows of A per block: 96 x 512 numbers stay in the level 2 cache. */
const BLOCK_ROWS: i32 = 96;
/** Columns of B per block. */
const BLOCK_COLUMNS: i32 = 512;

/** Bytes of scratch that `gemm` needs. */
export function gemmScratchBytes(): i32 {
  return (BLOCK_ROWS * BLOCK_INNER + BLOCK_COLUMNS * BLOCK_INNER + TILE_ROWS * TILE_COLUMNS) * 4;
}

/**
 * For each of `batch` pairs: C [m, n] = alpha A [m, k] B [k, n], plus the row vector `bias` unless it is 0, added to
 * what C holds where `accumulate` is set.
 */
export function gemmBatch(
  batch: i32, m: i32, n: i32, k: i32,
  a: usize, aBatch: i32, aRow: i32, aColumn: i32,
  b: usize, bBatch: i32, bRow: i32, bColumn: i32,
  c: usize, cBatch: i32, cRow: i32,
  bias: usize, alpha: f32, accumulate: bool, scratch: usize,
): void {
  for (let i = 0; i < batch; i++) {
    gemm(
      m, n, k, a + (<usize>(i * aBatch) << 2), aRow, aColumn, b + (<usize>(i * bBatch) << 2), bRow, bColumn,
      c + (<usize>(i * cBatch) << 2), cRow, bias, alpha, accumulate, scratch,
    );
  }
}

export function gemm(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32,
  bias: usize, alpha: f32, accumulate: bool, scratch: usize,
): void {
  if (!accumulate) startRows(m, n, c, cRow, bias);
  if (m < TILE_ROWS && bColumn == 1) return rowsTimesMatrix(m, n, k, a, aRow, aColumn, b, bRow, c, cRow, alpha);
  if (m < TILE_ROWS && bRow == 1 && aColumn == 1) return rowsTimesColumns(m, n, k, a, aRow, b, bColumn, c, cRow, alpha);
  const packedA = scratch;
  const packedB = packedA + (<usize>(BLOCK_ROWS * BLOCK_INNER) << 2);
  const edge = packedB + (<usize>(BLOCK_COLUMNS * BLOCK_INNER) << 2);
  for (let j = 0; j < n; j += BLOCK_COLUMNS) {
    const columns = min(BLOCK_COLUMNS, n - j);
    for (let p = 0; p < k; p += BLOCK_INNER) {
      const inner = min(BLOCK_INNER, k - p);
      packColumns(inner, columns, b + (<usize>(p * bRow + j * bColumn) << 2), bRow, bColumn, packedB);
      for (let i = 0; i < m; i += BLOCK_ROWS) {
        const rows = min(BLOCK_ROWS, m - i);
        packRows(rows, inner, a + (<usize>(i * aRow + p * aColumn) << 2), aRow, aColumn, alpha, packedA);
        multiplyBlock(rows, columns, inner, packedA, packedB, c + (<usize>(i * cRow + j) << 2), cRow, edge);
      }
    }
  }
}

/** C = 0, or the bias in each row. */
function startRows(m: i32, n: i32, c: usize, cRow: i32, bias: usize): void {
  const bytes = <usize>n << 2;
  for (let i = 0; i < m; i++) {
    const row = c + (<usize>(i * cRow) << 2);
    if (bias) memory.copy(row, bias, bytes);
    else memory.fill(row, 0, bytes);
  }
}

function multiplyBlock(
  rows: i32, columns: i32, inner: i32, packedA: usize, packedB: usize, c: usize, cRow: i32, edge: usize,
): void {
  const panelA = <usize>(TILE_ROWS * inner) << 2;
  const panelB = <usize>(TILE_COLUMNS * inner) << 2;
  for (let j = 0; j < columns; j += TILE_COLUMNS) {
    const b = packedB + panelB * <usize>(j >> 3);
    for (let i = 0; i < rows; i += TILE_ROWS) {
      const target = c + (<usize>(i * cRow + j) << 2);
      const a = packedA + panelA * <usize>(i >> 2);
      if (rows - i >= TILE_ROWS && columns - j >= TILE_COLUMNS) tile(inner, a, b, target, cRow);
      else partialTile(min(TILE_ROWS, rows - i), min(TILE_COLUMNS, columns - j), inner, a, b, target, cRow, edge);
    }
  }
}

function partialTile(rows: i32, columns: i32, inner: i32, a: usize, b: usize, c: usize, cRow: i32, edge: usize): void {
  memory.fill(edge, 0, (TILE_ROWS * TILE_COLUMNS) << 2);
  tile(inner, a, b, edge, TILE_COLUMNS);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = c + (<usize>(i * cRow + j) << 2);
      store<f32>(at, load<f32>(at) + load<f32>(edge + (<usize>(i * TILE_COLUMNS + j) << 2)));
    }
  }
}

/** C [4, 8] += panel of A [inner, 4] transposed times panel of B [inner, 8]: 8 registers of sums. */
// @ts-ignore: decorator
@inline
function tile(inner: i32, a: usize, b: usize, c: usize, cRow: i32): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  const end = a + (<usize>(TILE_ROWS * inner) << 2);
  while (a < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a), a1 = v128.load32_splat(a, 4);
    c00 = f32x4.add(c00, f32x4.mul(a0, b0));
    c01 = f32x4.add(c01, f32x4.mul(a0, b1));
    c10 = f32x4.add(c10, f32x4.mul(a1, b0));
    c11 = f32x4.add(c11, f32x4.mul(a1, b1));
    const a2 = v128.load32_splat(a, 8), a3 = v128.load32_splat(a, 12);
    c20 = f32x4.add(c20, f32x4.mul(a2, b0));
    c21 = f32x4.add(c21, f32x4.mul(a2, b1));
    c30 = f32x4.add(c30, f32x4.mul(a3, b0));
    c31 = f32x4.add(c31, f32x4.mul(a3, b1));
    a += 16;
    b += 32;
  }
  const step = <usize>cRow << 2;
  addTo(c, c00); addTo(c + 16, c01); c += step;
  addTo(c, c10); addTo(c + 16, c11); c += step;
  addTo(c, c20); addTo(c + 16, c21); c += step;
  addTo(c, c30); addTo(c + 16, c31);
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, values: v128): void {
  v128.store(at, f32x4.add(v128.load(at), values));
}

/** Panels of 4 rows of A, [inner, 4] each, times alpha; rows past the end are zero. */
export function packRows(rows: i32, inner: i32, a: usize, aRow: i32, aColumn: i32, alpha: f32, to: usize): void {
  for (let i = 0; i < rows; i += 4) {
    const from = a + (<usize>(i * aRow) << 2);
    if (rows - i >= 4 && aColumn == 1) packFourLines(inner, from, aRow, alpha, to, 4);
    else if (rows - i >= 4 && aRow == 1) packContiguousFour(inner, from, aColumn, alpha, to);
    else packSlowly(min(4, rows - i), 4, inner, from, aRow, aColumn, alpha, to);
    to += <usize>(4 * inner) << 2;
  }
}

/** Panels of 8 columns of B, [inner, 8] each; columns past the end are zero. */
export function packColumns(inner: i32, columns: i32, b: usize, bRow: i32, bColumn: i32, to: usize): void {
  for (let j = 0; j < columns; j += 8) {
    const from = b + (<usize>(j * bColumn) << 2);
    if (columns - j >= 8 && bColumn == 1) packContiguousEight(inner, from, bRow, to);
    else if (columns - j >= 8 && bRow == 1) {
      packFourLines(inner, from, bColumn, 1, to, 8);
      packFourLines(inner, from + (<usize>(4 * bColumn) << 2), bColumn, 1, to + 16, 8);
    } else packSlowly(min(8, columns - j), 8, inner, from, bColumn, bRow, 1, to);
    to += <usize>(8 * inner) << 2;
  }
}

function packContiguousEight(inner: i32, from: usize, stride: i32, to: usize): void {
  const step = <usize>stride << 2;
  for (let p = 0; p < inner; p++) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += step;
    to += 32;
  }
}

function packContiguousFour(inner: i32, from: usize, stride: i32, alpha: f32, to: usize): void {
  const step = <usize>stride << 2;
  const factor = f32x4.splat(alpha);
  for (let p = 0; p < inner; p++) {
    v128.store(to, f32x4.mul(v128.load(from), factor));
    from += step;
    to += 16;
  }
}

/** Four lines of contiguous numbers, transposed 4 x 4 at a time into rows of a panel `width` numbers wide. */
function packFourLines(inner: i32, from: usize, stride: i32, alpha: f32, to: usize, width: i32): void {
  const l0 = from, l1 = l0 + (<usize>stride << 2), l2 = l1 + (<usize>stride << 2), l3 = l2 + (<usize>stride << 2);
  const step = <usize>width << 2;
  const factor = f32x4.splat(alpha);
  const whole = inner & ~3;
  for (let p = 0; p < whole; p += 4) {
    const at = <usize>p << 2;
    const r0 = f32x4.mul(v128.load(l0 + at), factor), r1 = f32x4.mul(v128.load(l1 + at), factor);
    const r2 = f32x4.mul(v128.load(l2 + at), factor), r3 = f32x4.mul(v128.load(l3 + at), factor);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5)); to += step;
    v128.store(to, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7)); to += step;
    v128.store(to, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5)); to += step;
    v128.store(to, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7)); to += step;
  }
  for (let p = whole; p < inner; p++) {
    const at = <usize>p << 2;
    store<f32>(to, load<f32>(l0 + at) * alpha);
    store<f32>(to, load<f32>(l1 + at) * alpha, 4);
    store<f32>(to, load<f32>(l2 + at) * alpha, 8);
    store<f32>(to, load<f32>(l3 + at) * alpha, 12);
    to += step;
  }
}

function packSlowly(
  lines: i32, width: i32, inner: i32, from: usize, lineStride: i32, innerStride: i32, alpha: f32, to: usize,
): void {
  for (let p = 0; p < inner; p++) {
    for (let i = 0; i < width; i++) {
      const value: f32 = i < lines ? load<f32>(from + (<usize>(i * lineStride + p * innerStride) << 2)) * alpha : 0;
      store<f32>(to, value);
      to += 4;
    }
  }
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
