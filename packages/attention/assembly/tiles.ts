// Products over blocks: S = K Qᵀ, whose rows are keys and whose columns are the 64 queries of a block, and products of
// S
// with panels of 8 columns. S is read row by row or column by column, so it is never transposed.
import { registerTile } from '../../core/assembly/register-tile';
import { bytes, ROW } from './call';

/** S [keys, queries] = panels of 4 keys [keys / 4, inner, 4] times strips of 8 queries [queries / 8, inner, 8]. */
export function scores(keys: i32, queries: i32, inner: i32, a: usize, b: usize, s: usize): void {
  const panel = <usize>inner << 4, strip = <usize>inner << 5;
  for (let key = 0; key < keys; key += 4, a += panel, s += 4 * ROW) {
    for (let query = 0, at = b; query < queries; query += 8, at += strip) {
      registerTile(inner, a, 4, 16, at, s + bytes(query), ROW, 0, 0);
    }
  }
}

/** C [queries, width] += Sᵀ B, B in panels of 8 columns [width / 8, BLOCK, 8]. */
export function timesKeys(keys: i32, queries: i32, width: i32, s: usize, b: usize, c: usize): void {
  const cRow = bytes(width);
  for (let column = 0; column < width; column += 8, b += PANEL, c += 32) {
    for (let query = 0, to = c; query < queries; query += 4, to += 4 * cRow) {
      registerTile(keys, s + bytes(query), 4, ROW, b, to, cRow, to, cRow);
    }
  }
}

/** C [keys, width] += S B, B in panels of 8 columns [width / 8, BLOCK, 8]. */
export function timesQueries(keys: i32, queries: i32, width: i32, s: usize, b: usize, c: usize): void {
  const cRow = bytes(width);
  for (let column = 0; column < width; column += 8, b += PANEL, c += 32) {
    for (let key = 0, to = c; key < keys; key += 4, to += 4 * cRow) {
      registerTile(queries, s + <usize>key * ROW, ROW, 4, b, to, cRow, to, cRow);
    }
  }
}

/** Bytes of a panel [BLOCK, 8]. */
const PANEL: usize = 2048;
