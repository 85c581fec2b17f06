// The product of a step: a few rows, one for each text, with the same matrix at every position. From four rows on its panels
// are packed once for the whole sequence; fewer read the matrix as it lies.
import { fewRows } from '../../core/assembly/few-rows';
import { packColumns } from '../../core/assembly/pack-panels';
import { registerTile } from '../../core/assembly/register-tile';

const TILE_ROWS: i32 = 4;
const TILE_COLUMNS: i32 = 8;

/** Rows of the left side in scratch: whole tiles. */
// @ts-ignore: decorator
@inline
function wideRows(rows: i32): i32 {
  return rows < TILE_ROWS ? rows : (rows + 3) & ~3;
}

/** Numbers from one row of the product to the next. */
// @ts-ignore: decorator
@inline
export function productRow(columns: i32): i32 {
  return (columns + 7) & ~7;
}

/** Bytes of scratch: the left side [rows, inner], the product [rows, columns], the panels. */
export function stepScratchBytes(rows: i32, inner: i32, columns: i32): i32 {
  return (wideRows(rows) * (inner + productRow(columns)) + productRow(columns) * inner) << 2;
}

/** Where the product lies in scratch, behind the left side. */
// @ts-ignore: decorator
@inline
export function productAt(scratch: usize, rows: i32, inner: i32): usize {
  return scratch + (<usize>(wideRows(rows) * inner) << 2);
}

// @ts-ignore: decorator
@inline
function panelsAt(scratch: usize, rows: i32, inner: i32, columns: i32): usize {
  return productAt(scratch, rows, inner) + (<usize>(wideRows(rows) * productRow(columns)) << 2);
}

/** Clears the left side, whose rows past the last text stay empty, and packs the matrix, whose strides count numbers. */
export function prepareProduct(
  rows: i32, inner: i32, columns: i32, matrix: usize, matrixRow: i32, matrixColumn: i32, scratch: usize,
): void {
  memory.fill(scratch, 0, <usize>(wideRows(rows) * inner) << 2);
  if (rows < TILE_ROWS) return;
  packColumns(inner, columns, matrix, matrixRow, matrixColumn, panelsAt(scratch, rows, inner, columns));
}

/** The product of the left side in scratch with the matrix that was prepared. */
export function stepProduct(
  rows: i32, inner: i32, columns: i32, matrix: usize, matrixRow: i32, matrixColumn: i32, scratch: usize,
): void {
  const row = productRow(columns);
  const product = productAt(scratch, rows, inner);
  if (rows < TILE_ROWS) {
    memory.fill(product, 0, <usize>(rows * row) << 2);
    return fewRows(rows, columns, inner, scratch, inner, 1, matrix, matrixRow, matrixColumn, product, row, 1);
  }
  const bytes = <usize>row << 2, line = <usize>inner << 2;
  let panel = panelsAt(scratch, rows, inner, columns);
  for (let j = 0; j < columns; j += TILE_COLUMNS, panel += line << 3) {
    for (let i = 0; i < rows; i += TILE_ROWS) {
      const left = scratch + <usize>i * line, to = product + <usize>i * bytes + (<usize>j << 2);
      registerTile(inner, left, line, 4, panel, to, bytes, 0, 0);
    }
  }
}
