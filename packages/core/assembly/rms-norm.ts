// Zhang and Sennrich 2019, equation 4: y = (weight + offset) x / sqrt(mean(x²) + epsilon), and its derivative.
import { dot } from './gemm';

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
    let product: f32 = 0;
    for (let at: usize = 0; at < bytes; at += 4) {
      const n = load<f32>(x + at) * inverse;
      const d = load<f32>(dy + at);
      store<f32>(dweight + at, load<f32>(dweight + at) + d * n);
      product += d * (load<f32>(weight + at) + offset) * n;
    }
    product /= <f32>width;
    for (let at: usize = 0; at < bytes; at += 4) {
      const g = load<f32>(dy + at) * (load<f32>(weight + at) + offset);
      store<f32>(dx + at, inverse * (g - load<f32>(x + at) * inverse * product));
    }
  }
}
