// Register tiles of 4 x 8 sums: of S = K Qᵀ, whose rows are keys and whose columns are the 64 queries of a block, and of
// the products of S with panels of 8 columns. The splat loads read S either way round, so it is never transposed.
import { ROW } from './call';

/** C [4, 8] = Σ over `inner` of a panel [inner, 4] and a panel [inner, 8]; rows of C lie ROW bytes apart. */
// @ts-ignore: decorator
@inline
export function scoreTile(inner: i32, a: usize, b: usize, c: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  const end = a + (<usize>inner << 4);
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
  v128.store(c, c00); v128.store(c, c01, 16);
  v128.store(c, c10, 256); v128.store(c, c11, 272);
  v128.store(c, c20, 512); v128.store(c, c21, 528);
  v128.store(c, c30, 768); v128.store(c, c31, 784);
}

/** C [4 queries, 8] += Σ over `inner` keys of S [key, 4 queries] and a panel [inner, 8]. */
// @ts-ignore: decorator
@inline
export function queryTile(inner: i32, s: usize, b: usize, c: usize, cRow: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  const end = s + <usize>inner * ROW;
  while (s < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(s), a1 = v128.load32_splat(s, 4);
    c00 = f32x4.add(c00, f32x4.mul(a0, b0));
    c01 = f32x4.add(c01, f32x4.mul(a0, b1));
    c10 = f32x4.add(c10, f32x4.mul(a1, b0));
    c11 = f32x4.add(c11, f32x4.mul(a1, b1));
    const a2 = v128.load32_splat(s, 8), a3 = v128.load32_splat(s, 12);
    c20 = f32x4.add(c20, f32x4.mul(a2, b0));
    c21 = f32x4.add(c21, f32x4.mul(a2, b1));
    c30 = f32x4.add(c30, f32x4.mul(a3, b0));
    c31 = f32x4.add(c31, f32x4.mul(a3, b1));
    s += ROW;
    b += 32;
  }
  addTo(c, c00); addTo(c + 16, c01); c += cRow;
  addTo(c, c10); addTo(c + 16, c11); c += cRow;
  addTo(c, c20); addTo(c + 16, c21); c += cRow;
  addTo(c, c30); addTo(c + 16, c31);
}

/** C [4 keys, 8] += Σ over `inner` queries of S [4 keys, query] and a panel [inner, 8]. */
// @ts-ignore: decorator
@inline
export function keyTile(inner: i32, s: usize, b: usize, c: usize, cRow: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  const end = s + (<usize>inner << 2);
  while (s < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(s), a1 = v128.load32_splat(s, 256);
    c00 = f32x4.add(c00, f32x4.mul(a0, b0));
    c01 = f32x4.add(c01, f32x4.mul(a0, b1));
    c10 = f32x4.add(c10, f32x4.mul(a1, b0));
    c11 = f32x4.add(c11, f32x4.mul(a1, b1));
    const a2 = v128.load32_splat(s, 512), a3 = v128.load32_splat(s, 768);
    c20 = f32x4.add(c20, f32x4.mul(a2, b0));
    c21 = f32x4.add(c21, f32x4.mul(a2, b1));
    c30 = f32x4.add(c30, f32x4.mul(a3, b0));
    c31 = f32x4.add(c31, f32x4.mul(a3, b1));
    s += 4;
    b += 32;
  }
  addTo(c, c00); addTo(c + 16, c01); c += cRow;
  addTo(c, c10); addTo(c + 16, c11); c += cRow;
  addTo(c, c20); addTo(c + 16, c21); c += cRow;
  addTo(c, c30); addTo(c + 16, c31);
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, values: v128): void {
  v128.store(at, f32x4.add(v128.load(at), values));
}

/** S [keys, queries] = panels of 4 keys [keys / 4, inner, 4] times strips of 8 queries [queries / 8, inner, 8]. */
export function scores(keys: i32, queries: i32, inner: i32, a: usize, b: usize, s: usize): void {
  const panel = <usize>inner << 4, strip = <usize>inner << 5;
  for (let key = 0; key < keys; key += 4, a += panel) {
    const row = s + <usize>key * ROW;
    for (let query = 0, at = b; query < queries; query += 8, at += strip) {
      scoreTile(inner, a, at, row + (<usize>query << 2));
    }
  }
}

/** C [queries, width] += Sᵀ B, B in panels of 8 columns that lie `bPanel` bytes apart. */
export function timesKeys(keys: i32, queries: i32, width: i32, s: usize, b: usize, bPanel: usize, c: usize): void {
  const cRow = <usize>width << 2;
  for (let column = 0; column < width; column += 8, b += bPanel) {
    for (let query = 0; query < queries; query += 4) {
      const at = c + <usize>query * cRow + (<usize>column << 2);
      queryTile(keys, s + (<usize>query << 2), b, at, cRow);
    }
  }
}

/** C [keys, width] += S B, B in panels of 8 columns that lie `bPanel` bytes apart. */
export function timesQueries(keys: i32, queries: i32, width: i32, s: usize, b: usize, bPanel: usize, c: usize): void {
  const cRow = <usize>width << 2;
  for (let column = 0; column < width; column += 8, b += bPanel) {
    for (let key = 0; key < keys; key += 4) {
      keyTile(queries, s + <usize>key * ROW, b, c + <usize>key * cRow + (<usize>column << 2), cRow);
    }
  }
}
