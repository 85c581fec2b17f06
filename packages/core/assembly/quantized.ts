// Quantized matrices, as `src/ops/quantized/matrix.ts` describes them: rows are dequantized, or multiplied while they are dequantized.
import { sumOfLanes } from './math';
import { multiplyAdd } from './multiply-add';

const BFLOAT16: i32 = 0, FLOAT16: i32 = 1, INT8: i32 = 2;

const GROUP: i32 = 32;

// @ts-ignore: decorator
@inline
function bytesOfRow(kind: i32, padded: i32): usize {
  return kind <= FLOAT16 ? <usize>padded << 1 : kind == INT8 ? <usize>padded : <usize>padded >> 1;
}

// @ts-ignore: decorator
@inline
function scalesOfRow(kind: i32, padded: i32): usize {
  return kind <= FLOAT16 ? 0 : kind == INT8 ? 4 : <usize>(padded / GROUP) << 2;
}

/** Four floats of 16 bits from the lower halves of four integers. */
// @ts-ignore: decorator
@inline
function widened(kind: i32, halves: v128): v128 {
  if (kind == BFLOAT16) return i32x4.shl(halves, 16);
  const sign = i32x4.shl(v128.and(halves, i32x4.splat(0x8000)), 16);
  const magnitude = i32x4.shl(v128.and(halves, i32x4.splat(0x7fff)), 13);
  return v128.or(f32x4.mul(magnitude, f32x4.splat(reinterpret<f32>(0x77800000))), sign); // 2^112, the difference of the biases
}

/** y [count, columns] = the elements of the quantized rows for the ids; NaN for ids out of range. */
export function dequantizeRows(
  kind: i32, count: i32, rows: i32, columns: i32, words: usize, scales: usize, ids: usize, y: usize,
): void {
  const padded = (columns + GROUP - 1) & -GROUP;
  for (let i = 0; i < count; i++, ids += 4) {
    const id = load<i32>(ids);
    const row = words + <usize>id * bytesOfRow(kind, padded), ofRow = scales + <usize>id * scalesOfRow(kind, padded);
    const isThere = id >= 0 && id < rows;
    for (let c = 0; c < columns; c++, y += 4) store<f32>(y, isThere ? element(kind, row, ofRow, c) : <f32>NaN);
  }
}

function element(kind: i32, row: usize, scales: usize, column: i32): f32 {
  if (kind <= FLOAT16) return f32x4.extract_lane(widened(kind, i32x4.splat(load<u16>(row + (<usize>column << 1)))), 0);
  if (kind == INT8) return <f32>load<i8>(row + <usize>column) * load<f32>(scales);
  const within = column & (GROUP - 1), group = column / GROUP;
  const byte = <i32>load<u8>(row + <usize>(group * (GROUP >> 1) + (within & 15)));
  return <f32>((within < 16 ? byte & 15 : byte >> 4) - 8) * load<f32>(scales + (<usize>group << 2));
}

/**
 * The rows of x [m, k] as `quantizedLinear` reads them: [m, padded], then one scale for each row. For integers they become
 * 16-bit integers, so that products are exact and only this rounding, 2^-16 of the largest element, is added to that of
 * the weights. A row with an element that is not finite gets the scale NaN.
 */
export function quantizedInputs(kind: i32, m: i32, k: i32, padded: i32, x: usize, to: usize): void {
  const scales = to + (<usize>(m * padded) << 2);
  for (let i = 0; i < m; i++, x += <usize>k << 2) {
    const row = to + (<usize>(i * padded) << 2);
    memory.fill(row, 0, <usize>padded << 2);
    if (kind <= FLOAT16) memory.copy(row, x, <usize>k << 2);
    else store<f32>(scales + (<usize>i << 2), toIntegers(k, x, row));
  }
}

/** Returns the scale. */
function toIntegers(k: i32, x: usize, to: usize): f32 {
  let largest: f32 = 0, sum: f32 = 0;
  for (let i = 0; i < k; i++) {
    const value = load<f32>(x + (<usize>i << 2));
    largest = max(largest, abs(value));
    sum += value - value; // NaN where the value is not finite
  }
  if (sum != 0) return <f32>NaN;
  const factor: f32 = largest == 0 ? 0 : <f32>32767 / largest;
  for (let i = 0; i < k; i++) store<i16>(to + (<usize>i << 1), <i16>nearest(load<f32>(x + (<usize>i << 2)) * factor));
  return largest / 32767;
}

/** y [m, rows of a matrix n apart] = x Wᵀ + bias for `rows` rows of W; `x` is what `quantizedInputs` wrote. */
export function quantizedLinear(
  kind: i32, m: i32, rows: i32, padded: i32, x: usize, words: usize, scales: usize, bias: usize, y: usize, n: i32,
): void {
  const ofInputs = x + (<usize>(m * padded) << 2);
  for (let r = 0; r < rows; r++) {
    const start = bias ? load<f32>(bias + (<usize>r << 2)) : 0;
    for (let i = 0; i < m; i++) {
      const row = x + (<usize>(i * padded) << 2);
      let sum: f32;
      if (kind == BFLOAT16) sum = dotHalf(BFLOAT16, padded, row, words);
      else if (kind == FLOAT16) sum = dotHalf(FLOAT16, padded, row, words);
      else if (kind == INT8) sum = dotInt8(padded, row, words) * load<f32>(scales) * load<f32>(ofInputs + (<usize>i << 2));
      else sum = dotInt4(padded, row, words, scales) * load<f32>(ofInputs + (<usize>i << 2));
      store<f32>(y + (<usize>(i * n + r) << 2), sum + start);
    }
    words += bytesOfRow(kind, padded);
    scales += scalesOfRow(kind, padded);
  }
}

// @ts-ignore: decorator
@inline
function dotHalf(kind: i32, k: i32, x: usize, w: usize): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (const end = w + (<usize>k << 1); w < end; w += 32, x += 64) {
    const a = v128.load(w), b = v128.load(w, 16);
    s0 = multiplyAdd(v128.load(x), widened(kind, i32x4.extend_low_i16x8_u(a)), s0);
    s1 = multiplyAdd(v128.load(x, 16), widened(kind, i32x4.extend_high_i16x8_u(a)), s1);
    s2 = multiplyAdd(v128.load(x, 32), widened(kind, i32x4.extend_low_i16x8_u(b)), s2);
    s3 = multiplyAdd(v128.load(x, 48), widened(kind, i32x4.extend_high_i16x8_u(b)), s3);
  }
  return sumOfLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

/** The number of products of 15 by 7 bits that a lane of 32 bits can sum. */
const EXACT: usize = 2048;

function dotInt8(k: i32, x: usize, w: usize): f32 {
  let sum = f32x4.splat(0);
  const end = w + <usize>k;
  while (w < end) {
    let s0 = i32x4.splat(0), s1 = s0;
    for (const stop = min(end, w + EXACT); w < stop; w += 32, x += 64) {
      const a = v128.load(w), b = v128.load(w, 16);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(x), i16x8.extend_low_i8x16_s(a)));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(x, 16), i16x8.extend_high_i8x16_s(a)));
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(x, 32), i16x8.extend_low_i8x16_s(b)));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(x, 48), i16x8.extend_high_i8x16_s(b)));
    }
    sum = f32x4.add(sum, f32x4.add(f32x4.convert_i32x4_s(s0), f32x4.convert_i32x4_s(s1)));
  }
  return sumOfLanes(sum);
}

function dotInt4(k: i32, x: usize, w: usize, scales: usize): f32 {
  let sum = f32x4.splat(0);
  const low = i8x16.splat(15), bias = i8x16.splat(8);
  for (const end = w + (<usize>k >> 1); w < end; w += 16, x += 64, scales += 4) {
    const bytes = v128.load(w);
    const a = i8x16.sub(v128.and(bytes, low), bias), b = i8x16.sub(i8x16.shr_u(bytes, 4), bias);
    let s = i32x4.dot_i16x8_s(v128.load(x), i16x8.extend_low_i8x16_s(a));
    s = i32x4.add(s, i32x4.dot_i16x8_s(v128.load(x, 16), i16x8.extend_high_i8x16_s(a)));
    s = i32x4.add(s, i32x4.dot_i16x8_s(v128.load(x, 32), i16x8.extend_low_i8x16_s(b)));
    s = i32x4.add(s, i32x4.dot_i16x8_s(v128.load(x, 48), i16x8.extend_high_i8x16_s(b)));
    sum = multiplyAdd(f32x4.convert_i32x4_s(s), v128.load32_splat(scales), sum);
  }
  return sumOfLanes(sum);
}
