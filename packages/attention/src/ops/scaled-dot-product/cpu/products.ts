/** Rows of a matrix inside a float64 array, so that nothing is converted in the loops. */
export interface Rows {
  readonly values: Float64Array;
  /** The index of the first row. */
  readonly start: number;
  /** Elements per row; rows are contiguous. */
  readonly width: number;
}

/** S [m, n] = A [m, width] B [n, width]ᵀ, rows of S `stride` elements apart. Four columns at a time. */
export function products(m: number, n: number, a: Rows, b: Rows, s: Float64Array, stride: number): void {
  const { values: x, width } = a;
  const y = b.values;
  const whole = n & ~3;
  for (let i = 0; i < m; i++) {
    const from = a.start + i * width;
    const to = i * stride;
    for (let j = 0; j < whole; j += 4) {
      const y0 = b.start + j * width;
      const [y1, y2, y3] = [y0 + width, y0 + 2 * width, y0 + 3 * width];
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let d = 0; d < width; d++) {
        const value = x[from + d]!;
        s0 += value * y[y0 + d]!;
        s1 += value * y[y1 + d]!;
        s2 += value * y[y2 + d]!;
        s3 += value * y[y3 + d]!;
      }
      s[to + j] = s0;
      s[to + j + 1] = s1;
      s[to + j + 2] = s2;
      s[to + j + 3] = s3;
    }
    for (let j = whole; j < n; j++) {
      const row = b.start + j * width;
      let sum = 0;
      for (let d = 0; d < width; d++) sum += x[from + d]! * y[row + d]!;
      s[to + j] = sum;
    }
  }
}

/**
 * C [m, width] += S B, B [n, width], with S [m, n] of any strides, so that it may be read transposed. Four rows of B at
 * a time.
 */
export function addProducts(
  m: number,
  n: number,
  s: Float64Array,
  { row, column }: { readonly row: number; readonly column: number },
  b: Rows,
  c: Rows,
): void {
  const { values: y, width } = b;
  const z = c.values;
  const whole = n & ~3;
  for (let i = 0; i < m; i++) {
    const to = c.start + i * width;
    for (let j = 0; j < whole; j += 4) {
      const at = i * row + j * column;
      const [s0, s1, s2, s3] = [s[at]!, s[at + column]!, s[at + 2 * column]!, s[at + 3 * column]!];
      const y0 = b.start + j * width;
      const [y1, y2, y3] = [y0 + width, y0 + 2 * width, y0 + 3 * width];
      for (let d = 0; d < width; d++) {
        z[to + d]! += s0 * y[y0 + d]! + s1 * y[y1 + d]! + s2 * y[y2 + d]! + s3 * y[y3 + d]!;
      }
    }
    for (let j = whole; j < n; j++) {
      const factor = s[i * row + j * column]!;
      const from = b.start + j * width;
      for (let d = 0; d < width; d++) z[to + d]! += factor * y[from + d]!;
    }
  }
}
