// Dense products C = alpha op(A) op(B) on raw offsets, after Goto and van de Geijn 2008: blocks of A and B are packed
// into panels that stay in the caches, and the register tile runs over them. Strides count elements, not bytes; a
// transposed matrix has its strides exchanged.

import { fewRows, isFewRows } from './few-rows';
import { packColumns, packRows } from './pack-panels';
import { registerTile } from './register-tile';

export { dot } from './few-rows';
export { packColumns, packRows } from './pack-panels';

const TILE_ROWS: i32 = 4;
const TILE_COLUMNS: i32 = 8;
/** Inner block: a panel of B (8 x 768 elements) fills half of a 48 KB L1 cache. */
const BLOCK_INNER: i32 = 768;
/** Rows of A per block: 64 x 768 elements stay in the L2 cache. */
const BLOCK_ROWS: i32 = 64;
/** Columns of B per block: its panels are read sequentially, from any cache level. */
const BLOCK_COLUMNS: i32 = 1024;

const PACKED_A: usize = <usize>(BLOCK_ROWS * BLOCK_INNER) << 2;
const PACKED_B: usize = <usize>(BLOCK_COLUMNS * BLOCK_INNER) << 2;
const TILE: usize = <usize>(TILE_ROWS * TILE_COLUMNS) << 2;
const ZEROS: usize = <usize>TILE_COLUMNS << 2;

/** Bytes of scratch that a thread needs for `gemm`. */
export function gemmScratchBytes(): i32 {
  return <i32>(PACKED_A + PACKED_B + TILE + ZEROS);
}

/** For each of `batch` pairs: C [m, n] = A [m, k] B [k, n], plus the row vector `bias` unless it is 0. */
export function gemmBatch(
  batch: i32, m: i32, n: i32, k: i32,
  a: usize, aBatch: i32, aRow: i32, aColumn: i32,
  b: usize, bBatch: i32, bRow: i32, bColumn: i32,
  c: usize, cBatch: i32, cRow: i32,
  bias: usize, scratch: usize, thread: i32,
): void {
  const own = scratch + <usize>thread * gemmScratchBytes();
  for (let i = 0; i < batch; i++) {
    gemm(
      m, n, k, a + (<usize>(i * aBatch) << 2), aRow, aColumn, b + (<usize>(i * bBatch) << 2), bRow, bColumn,
      c + (<usize>(i * cBatch) << 2), cRow, bias, 1, false, own,
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
  if (!accumulate && (k == 0 || isFewRows(m, aColumn, bRow, bColumn))) startRows(m, n, c, cRow, bias);
  if (isFewRows(m, aColumn, bRow, bColumn)) return fewRows(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow, alpha);
  const packedA = scratch;
  const packedB = packedA + PACKED_A;
  const edge = packedB + PACKED_B, zeros = edge + TILE;
  memory.fill(zeros, 0, ZEROS);
  const inners = max(1, (k + BLOCK_INNER - 1) / BLOCK_INNER);
  const block = ((k + inners - 1) / inners + 3) & ~3;
  for (let j = 0; j < n; j += BLOCK_COLUMNS) {
    const columns = min(BLOCK_COLUMNS, n - j);
    for (let p = 0; p < k; p += block) {
      const inner = min(block, k - p);
      packColumns(inner, columns, b + (<usize>(p * bRow + j * bColumn) << 2), bRow, bColumn, packedB);
      for (let i = 0; i < m; i += BLOCK_ROWS) {
        const rows = min(BLOCK_ROWS, m - i);
        packRows(rows, inner, a + (<usize>(i * aRow + p * aColumn) << 2), aRow, aColumn, alpha, packedA);
        const target = c + (<usize>(i * cRow + j) << 2);
        // The first sums start from the bias or from zeros, so that C is not initialized separately.
        if (p > 0 || accumulate) multiplyBlock(rows, columns, inner, packedA, packedB, target, cRow, target, cRow, 1, edge);
        else if (bias) multiplyBlock(rows, columns, inner, packedA, packedB, target, cRow, bias + (<usize>j << 2), 0, 1, edge);
        else multiplyBlock(rows, columns, inner, packedA, packedB, target, cRow, zeros, 0, 0, edge);
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

/** C = from + A B of one block; element [i, j] of `from` is at i fromRow + j fromColumn. */
function multiplyBlock(
  rows: i32, columns: i32, inner: i32, packedA: usize, packedB: usize, c: usize, cRow: i32,
  from: usize, fromRow: i32, fromColumn: i32, edge: usize,
): void {
  const panelA = <usize>(TILE_ROWS * inner) << 2;
  const panelB = <usize>(TILE_COLUMNS * inner) << 2;
  for (let j = 0; j < columns; j += TILE_COLUMNS, packedB += panelB) {
    let a = packedA;
    for (let i = 0; i < rows; i += TILE_ROWS, a += panelA) {
      const target = c + (<usize>(i * cRow + j) << 2), start = from + (<usize>(i * fromRow + j * fromColumn) << 2);
      if (rows - i >= TILE_ROWS && columns - j >= TILE_COLUMNS) {
        registerTile(inner, a, 4, 16, packedB, target, <usize>cRow << 2, start, <usize>fromRow << 2);
      } else {
        registerTile(inner, a, 4, 16, packedB, edge, TILE_COLUMNS << 2, 0, 0);
        addEdge(min(TILE_ROWS, rows - i), min(TILE_COLUMNS, columns - j), edge, target, cRow, start, fromRow, fromColumn);
      }
    }
  }
}

function addEdge(
  rows: i32, columns: i32, edge: usize, c: usize, cRow: i32, from: usize, fromRow: i32, fromColumn: i32,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const sum = load<f32>(edge + (<usize>(i * TILE_COLUMNS + j) << 2));
      const start = load<f32>(from + (<usize>(i * fromRow + j * fromColumn) << 2));
      store<f32>(c + (<usize>(i * cRow + j) << 2), start + sum);
    }
  }
}
