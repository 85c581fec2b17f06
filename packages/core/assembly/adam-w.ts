/**
 * A step of AdamW (Loshchilov and Hutter 2019, algorithm 2) on n elements in place, with the coefficients of
 * `adamWCoefficients`. The gradient is multiplied by `scale` first. 1 - β is passed separately, since it would lose
 * digits in float32.
 */
export function adamWInPlace(
  n: i32, parameter: usize, gradient: usize, firstMoment: usize, secondMoment: usize,
  scale: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32, decay: f32, stepSize: f32, inverseRootCorrection2: f32,
): void {
  const end = <usize>n << 2;
  const whole = <usize>(n & ~3) << 2;
  const keep1 = f32x4.splat(rest1), keep2 = f32x4.splat(rest2), b2 = f32x4.splat(beta2);
  const factor = f32x4.splat(scale), shrink = f32x4.splat(decay), step = f32x4.splat(stepSize);
  const correction = f32x4.splat(inverseRootCorrection2), small = f32x4.splat(epsilon);
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const g = f32x4.mul(v128.load(gradient + at), factor);
    const m0 = v128.load(firstMoment + at);
    const m = f32x4.add(m0, f32x4.mul(f32x4.sub(g, m0), keep1));
    const v = f32x4.add(f32x4.mul(v128.load(secondMoment + at), b2), f32x4.mul(f32x4.mul(g, g), keep2));
    v128.store(firstMoment + at, m);
    v128.store(secondMoment + at, v);
    const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(v), correction), small);
    const moved = f32x4.mul(f32x4.div(m, denominator), step);
    v128.store(parameter + at, f32x4.sub(f32x4.mul(v128.load(parameter + at), shrink), moved));
  }
  for (; at < end; at += 4) {
    const g = load<f32>(gradient + at) * scale;
    const m0 = load<f32>(firstMoment + at);
    const m = m0 + (g - m0) * rest1;
    const v = load<f32>(secondMoment + at) * beta2 + g * g * rest2;
    store<f32>(firstMoment + at, m);
    store<f32>(secondMoment + at, v);
    const moved = (m / (sqrt<f32>(v) * inverseRootCorrection2 + epsilon)) * stepSize;
    store<f32>(parameter + at, load<f32>(parameter + at) * decay - moved);
  }
}
