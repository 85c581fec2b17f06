// Root mean square normalisation (Zhang and Sennrich 2019, equation 4), y = (weight + offset) x / sqrt(mean(x²) +
// epsilon), and its derivative.
import { dot } from './gemm';
import { sumOfLanes } from './math';

export function rmsNormForward(rows: i32, width: i32, x: usize, weight: usize, offset: f32, epsilon: f32, y: usize): void {
  const bytes = <usize>width << 2;
  const added = f32x4.splat(offset);
  const whole = <usize>(width & ~3) << 2;
  for (let i = 0; i < rows; i++, x += bytes, y += bytes) {
    const inverse: f32 = <f32>1 / sqrt<f32>(dot(width, x, x) / <f32>width + epsilon);
    const factor = f32x4.splat(inverse);
    let at: usize = 0;
    for (; at < whole; at += 16) {
      const scale = f32x4.add(v128.load(weight + at), added);
      v128.store(y + at, f32x4.mul(f32x4.mul(v128.load(x + at), factor), scale));
    }
    for (; at < bytes; at += 4) store<f32>(y + at, load<f32>(x + at) * inverse * (load<f32>(weight + at) + offset));
  }
}

/** With r = 1 / rms, n = x r and g = (weight + offset) dy: dx = r (g - n mean(g n)); dweight = Σ dy n. */
export function rmsNormBackward(
  rows: i32, width: i32, x: usize, weight: usize, offset: f32, dy: usize, epsilon: f32, dx: usize, dweight: usize,
): void {
  const bytes = <usize>width << 2;
  memory.fill(dweight, 0, bytes);
  for (let i = 0; i < rows; i++, x += bytes, dy += bytes, dx += bytes) {
    const inverse: f32 = <f32>1 / sqrt<f32>(dot(width, x, x) / <f32>width + epsilon);
    const product = addSlopes(width, inverse, x, weight, offset, dy, dweight) / <f32>width;
    backwardRow(width, inverse, product, x, weight, offset, dy, dx);
  }
}

/** dweight += dy n; returns Σ g n. */
function addSlopes(width: i32, inverse: f32, x: usize, weight: usize, offset: f32, dy: usize, dweight: usize): f32 {
  const factor = f32x4.splat(inverse), added = f32x4.splat(offset);
  const whole = <usize>(width & ~3) << 2, end = <usize>width << 2;
  let products = f32x4.splat(0);
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const slopes = f32x4.mul(v128.load(dy + at), f32x4.mul(v128.load(x + at), factor));
    v128.store(dweight + at, f32x4.add(v128.load(dweight + at), slopes));
    products = f32x4.add(products, f32x4.mul(slopes, f32x4.add(v128.load(weight + at), added)));
  }
  let product = sumOfLanes(products);
  for (; at < end; at += 4) {
    const slope = load<f32>(dy + at) * load<f32>(x + at) * inverse;
    store<f32>(dweight + at, load<f32>(dweight + at) + slope);
    product += slope * (load<f32>(weight + at) + offset);
  }
  return product;
}

function backwardRow(
  width: i32, inverse: f32, product: f32, x: usize, weight: usize, offset: f32, dy: usize, dx: usize,
): void {
  const along: f32 = inverse * product;
  const factor = f32x4.splat(inverse), added = f32x4.splat(offset), share = f32x4.splat(along);
  const whole = <usize>(width & ~3) << 2, end = <usize>width << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const g = f32x4.mul(v128.load(dy + at), f32x4.add(v128.load(weight + at), added));
    v128.store(dx + at, f32x4.mul(factor, f32x4.sub(g, f32x4.mul(v128.load(x + at), share))));
  }
  for (; at < end; at += 4) {
    const g = load<f32>(dy + at) * (load<f32>(weight + at) + offset);
    store<f32>(dx + at, inverse * (g - load<f32>(x + at) * along));
  }
}
