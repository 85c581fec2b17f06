// The matrix product of a step: a few rows, one per sequence, with the same matrix at every position. From four
// sequences
// on its panels are packed once, for all positions and threads; fewer rows read the matrix in place.
import { fewRows } from '../../core/assembly/few-rows';
import { registerTile } from '../../core/assembly/register-tile';

const TILE_ROWS: i32 = 4;
const TILE_COLUMNS: i32 = 8;

/** Elements per row of the product. */
// @ts-ignore: decorator
@inline
export function productRow(columns: i32): i32 {
  return (columns + 7) & ~7;
}

/** Rows in scratch memory: whole tiles. */
// @ts-ignore: decorator
@inline
function wideRows(rows: i32): i32 {
  return (rows + TILE_ROWS - 1) & ~(TILE_ROWS - 1);
}

/** Bytes of the packed panels, for this many rows in total; 0: few rows read the matrix in place. */
export function stepPanelBytes(rows: i32, inner: i32, columns: i32): i32 {
  return rows < TILE_ROWS ? 0 : (productRow(columns) * inner) << 2;
}

/** Bytes of scratch for some of the rows: the left operand [rows, inner] and the product [rows, columns]. */
export function stepScratchBytes(rows: i32, inner: i32, columns: i32): i32 {
  return (wideRows(rows) * (inner + productRow(columns))) << 2;
}

/** The offset of the product in scratch, after the left operand. */
// @ts-ignore: decorator
@inline
export function productAt(scratch: usize, rows: i32, inner: i32): usize {
  return scratch + (<usize>(wideRows(rows) * inner) << 2);
}

/** Clears the left operand, whose rows after the last sequence stay empty. */
export function clearLeftSide(rows: i32, inner: i32, scratch: usize): void {
  memory.fill(scratch, 0, <usize>(wideRows(rows) * inner) << 2);
}

/**
 * The product of the left operand in scratch with the matrix.
 *
 * @param panels the matrix in the panels of `packColumns`, used by all parts of a batch, even by those with few rows,
 * so that they sum in the same order; 0 if the whole batch has few rows
 */
export function stepProduct(
  rows: i32, inner: i32, columns: i32, matrix: usize, matrixRow: i32, matrixColumn: i32, panels: usize, scratch: usize,
): void {
  const row = productRow(columns);
  const product = productAt(scratch, rows, inner);
  if (!panels) {
    memory.fill(product, 0, <usize>(rows * row) << 2);
    return fewRows(rows, columns, inner, scratch, inner, 1, matrix, matrixRow, matrixColumn, product, row, 1);
  }
  const bytes = <usize>row << 2, line = <usize>inner << 2;
  for (let j = 0; j < columns; j += TILE_COLUMNS, panels += line << 3) {
    for (let i = 0; i < rows; i += TILE_ROWS) {
      const left = scratch + <usize>i * line, to = product + <usize>i * bytes + (<usize>j << 2);
      registerTile(inner, left, line, 4, panels, to, bytes, 0, 0);
    }
  }
}
