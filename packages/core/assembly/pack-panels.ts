// Blocks of matrices in the order in which the register tile reads them.

/** Panels of 4 rows of A, [inner, 4] each, times alpha; rows past the end are zero. */
export function packRows(rows: i32, inner: i32, a: usize, aRow: i32, aColumn: i32, alpha: f32, to: usize): void {
  for (let i = 0; i < rows; i += 4) {
    const from = a + (<usize>(i * aRow) << 2);
    if (rows - i >= 4 && aColumn == 1) packFourLines(inner, from, aRow, alpha, to, 4);
    else if (rows - i >= 16 && aRow == 1) {
      packFourPanels(inner, from, aColumn, alpha, to);
      i += 12;
      to += <usize>(12 * inner) << 2;
    }
    else if (rows - i >= 4 && aRow == 1) packContiguousFour(inner, from, aColumn, alpha, to);
    else packSlowly(min(4, rows - i), 4, inner, from, aRow, aColumn, alpha, to);
    to += <usize>(4 * inner) << 2;
  }
}

/** Panels of 8 columns of B, [inner, 8] each; columns past the end are zero. */
export function packColumns(inner: i32, columns: i32, b: usize, bRow: i32, bColumn: i32, to: usize): void {
  for (let j = 0; j < columns; j += 8) {
    const from = b + (<usize>(j * bColumn) << 2);
    if (columns - j >= 16 && bColumn == 1) {
      packTwoPanels(inner, from, bRow, to);
      j += 8;
      to += <usize>(8 * inner) << 2;
    } else if (columns - j >= 8 && bColumn == 1) packContiguousEight(inner, from, bRow, to);
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

/** Sixteen columns into two panels: a whole cache line of each row. */
function packTwoPanels(inner: i32, from: usize, stride: i32, to: usize): void {
  const step = <usize>stride << 2;
  let high = to + (<usize>(8 * inner) << 2);
  for (let p = 0; p < inner; p++) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    v128.store(high, v128.load(from, 32));
    v128.store(high, v128.load(from, 48), 16);
    from += step;
    to += 32;
    high += 32;
  }
}

/** Sixteen rows of a column-major matrix into four panels. */
function packFourPanels(inner: i32, from: usize, stride: i32, alpha: f32, to: usize): void {
  const step = <usize>stride << 2, panel = <usize>(4 * inner) << 2;
  const factor = f32x4.splat(alpha);
  const t1 = to + panel, t2 = t1 + panel, t3 = t2 + panel;
  for (let at: usize = 0; at < panel; at += 16) {
    v128.store(to + at, f32x4.mul(v128.load(from), factor));
    v128.store(t1 + at, f32x4.mul(v128.load(from, 16), factor));
    v128.store(t2 + at, f32x4.mul(v128.load(from, 32), factor));
    v128.store(t3 + at, f32x4.mul(v128.load(from, 48), factor));
    from += step;
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

/** Four contiguous lines, transposed 4 x 4 at a time into rows of a panel of `width` elements. */
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
