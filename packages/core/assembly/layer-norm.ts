// Layer normalisation (Ba, Kiros and Hinton 2016, equations 3 and 4) and its derivative. Rows have `width` elements.
import { dot } from './gemm';
import { sumOfLanes } from './math';
import { sumOf } from './reduce';

/** y = weight (x - mean) / sqrt(variance + epsilon) + bias; bias 0 for none. */
export function layerNormForward(rows: i32, width: i32, x: usize, weight: usize, bias: usize, epsilon: f32, y: usize): void {
  const bytes = <usize>width << 2;
  for (let i = 0; i < rows; i++, x += bytes, y += bytes) {
    const inverse = normalise(width, x, epsilon, y);
    scaleAndShift(width, y, inverse, weight, bias);
  }
}

/**
 * dx, and the sums over rows dweight and dbias. `normal` is scratch for one row. With n = (x - mean) / deviation and
 * g = weight dy: dx = (g - mean(g) - n mean(g n)) / deviation; dweight = Σ dy n; dbias = Σ dy.
 */
export function layerNormBackward(
  rows: i32, width: i32, x: usize, weight: usize, dy: usize, epsilon: f32,
  dx: usize, dweight: usize, dbias: usize, normal: usize,
): void {
  const bytes = <usize>width << 2;
  memory.fill(dweight, 0, bytes);
  memory.fill(dbias, 0, bytes);
  for (let i = 0; i < rows; i++, x += bytes, dy += bytes, dx += bytes) {
    const inverse = normalise(width, x, epsilon, normal);
    backwardRow(width, normal, inverse, weight, dy, dx, dweight, dbias);
  }
}

/** to = x - mean(x), with the mean taken twice as in the reference; returns 1 / sqrt(variance + epsilon). */
function normalise(width: i32, x: usize, epsilon: f32, to: usize): f32 {
  shift(width, x, -sumOf(width, x) / <f32>width, to);
  shift(width, to, -sumOf(width, to) / <f32>width, to);
  return <f32>1 / sqrt<f32>(dot(width, to, to) / <f32>width + epsilon);
}

function shift(width: i32, x: usize, by: f32, to: usize): void {
  const step = f32x4.splat(by);
  const whole = <usize>(width & ~3) << 2, end = <usize>width << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) v128.store(to + at, f32x4.add(v128.load(x + at), step));
  for (; at < end; at += 4) store<f32>(to + at, load<f32>(x + at) + by);
}

function scaleAndShift(width: i32, y: usize, inverse: f32, weight: usize, bias: usize): void {
  const factor = f32x4.splat(inverse);
  const whole = <usize>(width & ~3) << 2, end = <usize>width << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const scaled = f32x4.mul(f32x4.mul(v128.load(y + at), factor), v128.load(weight + at));
    v128.store(y + at, bias ? f32x4.add(scaled, v128.load(bias + at)) : scaled);
  }
  for (; at < end; at += 4) {
    const scaled = load<f32>(y + at) * inverse * load<f32>(weight + at);
    store<f32>(y + at, bias ? scaled + load<f32>(bias + at) : scaled);
  }
}

function backwardRow(
  width: i32, normal: usize, inverse: f32, weight: usize, dy: usize, dx: usize, dweight: usize, dbias: usize,
): void {
  const factor = f32x4.splat(inverse);
  const whole = <usize>(width & ~3) << 2, end = <usize>width << 2;
  let sums = f32x4.splat(0), products = f32x4.splat(0);
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const n = f32x4.mul(v128.load(normal + at), factor);
    const d = v128.load(dy + at);
    v128.store(dweight + at, f32x4.add(v128.load(dweight + at), f32x4.mul(d, n)));
    v128.store(dbias + at, f32x4.add(v128.load(dbias + at), d));
    const g = f32x4.mul(d, v128.load(weight + at));
    sums = f32x4.add(sums, g);
    products = f32x4.add(products, f32x4.mul(g, n));
  }
  let sum = sumOfLanes(sums), product = sumOfLanes(products);
  for (; at < end; at += 4) {
    const n = load<f32>(normal + at) * inverse;
    const d = load<f32>(dy + at);
    store<f32>(dweight + at, load<f32>(dweight + at) + d * n);
    store<f32>(dbias + at, load<f32>(dbias + at) + d);
    const g = d * load<f32>(weight + at);
    sum += g;
    product += g * n;
  }
  const meanSum = sum / <f32>width, meanProduct = product / <f32>width;
  const m = f32x4.splat(meanSum), p = f32x4.splat(meanProduct * inverse);
  for (at = 0; at < whole; at += 16) {
    const g = f32x4.mul(v128.load(dy + at), v128.load(weight + at));
    const rest = f32x4.sub(f32x4.sub(g, m), f32x4.mul(v128.load(normal + at), p));
    v128.store(dx + at, f32x4.mul(rest, factor));
  }
  for (; at < end; at += 4) {
    const g = load<f32>(dy + at) * load<f32>(weight + at);
    store<f32>(dx + at, (g - meanSum - load<f32>(normal + at) * meanProduct * inverse) * inverse);
  }
}
