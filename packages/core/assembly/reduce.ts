import { sumOfLanes } from './math';

/** sums [columns] = Σ over the rows of x [rows, columns], `rowStep` elements apart, four rows at a time. */
export function columnSums(rows: i32, columns: i32, rowStep: i32, x: usize, sums: usize): void {
  const step = <usize>rowStep << 2;
  memory.fill(sums, 0, <usize>columns << 2);
  const whole = rows & ~3;
  for (let i = 0; i < whole; i += 4, x += 4 * step) addFourRows(columns, x, step, sums);
  for (let i = whole; i < rows; i++, x += step) add(columns, sums, x, sums);
}

function addFourRows(columns: i32, x0: usize, step: usize, sums: usize): void {
  const x1 = x0 + step, x2 = x1 + step, x3 = x2 + step;
  const bytes = <usize>columns << 2;
  const whole = <usize>(columns & ~3) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const low = f32x4.add(v128.load(x0 + at), v128.load(x1 + at));
    const high = f32x4.add(v128.load(x2 + at), v128.load(x3 + at));
    v128.store(sums + at, f32x4.add(v128.load(sums + at), f32x4.add(low, high)));
  }
  for (; at < bytes; at += 4) {
    const low = load<f32>(x0 + at) + load<f32>(x1 + at);
    const high = load<f32>(x2 + at) + load<f32>(x3 + at);
    store<f32>(sums + at, load<f32>(sums + at) + (low + high));
  }
}

/** c = a + b of n elements. */
export function add(n: i32, a: usize, b: usize, c: usize): void {
  const wide = c + (<usize>(n & ~15) << 2), end = c + (<usize>n << 2);
  for (; c < wide; a += 64, b += 64, c += 64) {
    const c0 = f32x4.add(v128.load(a), v128.load(b)), c1 = f32x4.add(v128.load(a, 16), v128.load(b, 16));
    const c2 = f32x4.add(v128.load(a, 32), v128.load(b, 32)), c3 = f32x4.add(v128.load(a, 48), v128.load(b, 48));
    v128.store(c, c0);
    v128.store(c, c1, 16);
    v128.store(c, c2, 32);
    v128.store(c, c3, 48);
  }
  for (; c < end; a += 4, b += 4, c += 4) store<f32>(c, load<f32>(a) + load<f32>(b));
}

/** Σ x² of n elements: blocks of 4096 are summed in float32, and the blocks in float64. */
export function sumOfSquares(n: i32, x: usize): f64 {
  let total: f64 = 0;
  for (let start = 0; start < n; start += 4096) {
    const count = min(4096, n - start);
    total += <f64>squares(count, x + (<usize>start << 2));
  }
  return total;
}

function squares(n: i32, x: usize): f32 {
  let sums = f32x4.splat(0);
  const end = x + (<usize>(n & ~3) << 2);
  for (; x < end; x += 16) {
    const v = v128.load(x);
    sums = f32x4.add(sums, f32x4.mul(v, v));
  }
  let sum = sumOfLanes(sums);
  for (let i = 0; i < (n & 3); i++, x += 4) sum += load<f32>(x) * load<f32>(x);
  return sum;
}

/** Σ x of n elements. */
export function sumOf(n: i32, x: usize): f32 {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0);
  const whole = x + (<usize>(n & ~7) << 2);
  const end = x + (<usize>n << 2);
  for (; x < whole; x += 32) {
    s0 = f32x4.add(s0, v128.load(x));
    s1 = f32x4.add(s1, v128.load(x, 16));
  }
  let sum = sumOfLanes(f32x4.add(s0, s1));
  for (; x < end; x += 4) sum += load<f32>(x);
  return sum;
}
