/** A matrix within an array: its start and strides. */
export interface MatrixPlace {
  readonly values: Float32Array;
  readonly start: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/** c [m, n] = a [m, k] b [k, n], starting at index `at` of c. */
export function multiply(
  [m, n, k]: readonly [m: number, n: number, k: number],
  a: MatrixPlace,
  b: MatrixPlace,
  c: Float32Array,
  at: number,
): void {
  if (m < TILE) multiplyRows([m, n, k], a, b, c, at);
  else
    multiplyTiles([m, n, k], pack(a, m, k), pack({ ...b, rowStep: b.columnStep, columnStep: b.rowStep }, n, k), c, at);
}

/** Rows and columns that are computed together, with sums in local variables. */
const TILE = 4;

/** Panels of TILE rows, column-major, the last one padded with zeros. */
function pack({ values, start, rowStep, columnStep }: MatrixPlace, rows: number, columns: number): Float32Array {
  const packed = new Float32Array(Math.ceil(rows / TILE) * TILE * columns);
  for (let row = 0; row < rows; row++) {
    let to = (row - (row % TILE)) * columns + (row % TILE);
    let from = start + row * rowStep;
    for (let column = 0; column < columns; column++, to += TILE, from += columnStep) packed[to] = values[from]!;
  }
  return packed;
}

function multiplyTiles(
  [m, n, k]: readonly [number, number, number],
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
  at: number,
): void {
  const tile = new Float64Array(TILE * TILE);
  for (let j = 0; j < n; j += TILE) {
    for (let i = 0; i < m; i += TILE) {
      multiplyTile(k, a, i * k, b, j * k, tile);
      const [rows, columns] = [Math.min(TILE, m - i), Math.min(TILE, n - j)];
      for (let row = 0; row < rows; row++) {
        const to = at + (i + row) * n + j;
        for (let column = 0; column < columns; column++) c[to + column] = tile[row * TILE + column]!;
      }
    }
  }
}

/** tile[r, s] = Σ a[r] b[s] along two panels. Sixteen sums in registers: no array, no loop over them. */
function multiplyTile(k: number, a: Float32Array, x: number, b: Float32Array, y: number, tile: Float64Array): void {
  let [c00, c01, c02, c03] = [0, 0, 0, 0];
  let [c10, c11, c12, c13] = [0, 0, 0, 0];
  let [c20, c21, c22, c23] = [0, 0, 0, 0];
  let [c30, c31, c32, c33] = [0, 0, 0, 0];
  const end = x + k * TILE;
  for (let p = x, q = y; p < end; p += TILE, q += TILE) {
    const a0 = a[p]!;
    const a1 = a[p + 1]!;
    const a2 = a[p + 2]!;
    const a3 = a[p + 3]!;
    const b0 = b[q]!;
    const b1 = b[q + 1]!;
    const b2 = b[q + 2]!;
    const b3 = b[q + 3]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  tile[0] = c00;
  tile[1] = c01;
  tile[2] = c02;
  tile[3] = c03;
  tile[4] = c10;
  tile[5] = c11;
  tile[6] = c12;
  tile[7] = c13;
  tile[8] = c20;
  tile[9] = c21;
  tile[10] = c22;
  tile[11] = c23;
  tile[12] = c30;
  tile[13] = c31;
  tile[14] = c32;
  tile[15] = c33;
}

/** For few rows, where packing b is not worthwhile: row by row of b, or along its rows where it is transposed. */
function multiplyRows(
  [m, n, k]: readonly [number, number, number],
  a: MatrixPlace,
  b: MatrixPlace,
  c: Float32Array,
  at: number,
): void {
  const row = new Float64Array(k);
  const sums = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) row[p] = a.values[a.start + i * a.rowStep + p * a.columnStep]!;
    if (b.columnStep === 1) sumRows(row, b, sums);
    else for (let j = 0; j < n; j++) sums[j] = along(row, b.values, b.start + j * b.columnStep, b.rowStep);
    c.set(sums, at + i * n);
  }
}

function sumRows(row: Float64Array, { values, start, rowStep }: MatrixPlace, sums: Float64Array): void {
  sums.fill(0);
  for (let p = 0; p < row.length; p++) {
    const factor = row[p]!;
    let from = start + p * rowStep;
    for (let j = 0; j < sums.length; j++) sums[j] = sums[j]! + factor * values[from++]!;
  }
}

function along(row: Float64Array, values: Float32Array, start: number, step: number): number {
  let sum = 0;
  for (let p = 0, from = start; p < row.length; p++, from += step) sum += row[p]! * values[from]!;
  return sum;
}
