import { sumOfLanes } from './math';

/** sums [columns] = Σ over the rows of x [rows, columns]. */
export function columnSums(rows: i32, columns: i32, x: usize, sums: usize): void {
  memory.fill(sums, 0, <usize>columns << 2);
  const whole = <usize>(columns & ~3) << 2;
  const end = <usize>columns << 2;
  for (let i = 0; i < rows; i++, x += end) {
    let at: usize = 0;
    for (; at < whole; at += 16) v128.store(sums + at, f32x4.add(v128.load(sums + at), v128.load(x + at)));
    for (; at < end; at += 4) store<f32>(sums + at, load<f32>(sums + at) + load<f32>(x + at));
  }
}

/** Σ x² of n numbers, each run of 4096 summed in float32 and the runs in float64. */
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

/** Σ x of n numbers. */
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
