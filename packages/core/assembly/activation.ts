import { erf4, exp4, sigmoid4 } from './math';

const GELU: i32 = 0;
const GELU_TANH: i32 = 1;
const SILU: i32 = 2;
const RELU: i32 = 3;

/** sqrt(2 / π), the constant of the tanh approximation of GELU. */
const SLOPE: f32 = 0.7978845608028654;

/** y = activation(x) of n elements: kind 0 is gelu, 1 its tanh approximation, 2 silu, 3 relu. */
export function activationForward(kind: i32, n: i32, x: usize, y: usize): void {
  if (kind == GELU) forward(GELU, n, x, y);
  else if (kind == GELU_TANH) forward(GELU_TANH, n, x, y);
  else if (kind == SILU) forward(SILU, n, x, y);
  else forward(RELU, n, x, y);
}

/** dx = dy activation'(x) of n elements. */
export function activationBackward(kind: i32, n: i32, x: usize, dy: usize, dx: usize): void {
  if (kind == GELU) backward(GELU, n, x, dy, dx);
  else if (kind == GELU_TANH) backward(GELU_TANH, n, x, dy, dx);
  else if (kind == SILU) backward(SILU, n, x, dy, dx);
  else backward(RELU, n, x, dy, dx);
}

// Inlined for each kind, sixteen elements at a time: V8 rematerializes the many constants in every iteration.

// @ts-ignore: decorator
@inline
function forward(kind: i32, n: i32, x: usize, y: usize): void {
  const wide = x + (<usize>(n & ~15) << 2), end = x + (<usize>(n & ~3) << 2);
  for (; x < wide; x += 64, y += 64) {
    const y0 = activate(kind, v128.load(x)), y1 = activate(kind, v128.load(x, 16));
    const y2 = activate(kind, v128.load(x, 32)), y3 = activate(kind, v128.load(x, 48));
    v128.store(y, y0);
    v128.store(y, y1, 16);
    v128.store(y, y2, 32);
    v128.store(y, y3, 48);
  }
  for (; x < end; x += 16, y += 16) v128.store(y, activate(kind, v128.load(x)));
  for (let i = 0; i < (n & 3); i++, x += 4, y += 4) {
    store<f32>(y, f32x4.extract_lane(activate(kind, v128.load32_splat(x)), 0));
  }
}

// @ts-ignore: decorator
@inline
function backward(kind: i32, n: i32, x: usize, dy: usize, dx: usize): void {
  const wide = x + (<usize>(n & ~15) << 2), end = x + (<usize>(n & ~3) << 2);
  for (; x < wide; x += 64, dy += 64, dx += 64) {
    const s0 = slope(kind, v128.load(x)), s1 = slope(kind, v128.load(x, 16));
    const s2 = slope(kind, v128.load(x, 32)), s3 = slope(kind, v128.load(x, 48));
    v128.store(dx, f32x4.mul(v128.load(dy), s0));
    v128.store(dx, f32x4.mul(v128.load(dy, 16), s1), 16);
    v128.store(dx, f32x4.mul(v128.load(dy, 32), s2), 32);
    v128.store(dx, f32x4.mul(v128.load(dy, 48), s3), 48);
  }
  for (; x < end; x += 16, dy += 16, dx += 16) {
    v128.store(dx, f32x4.mul(v128.load(dy), slope(kind, v128.load(x))));
  }
  for (let i = 0; i < (n & 3); i++, x += 4, dy += 4, dx += 4) {
    store<f32>(dx, load<f32>(dy) * f32x4.extract_lane(slope(kind, v128.load32_splat(x)), 0));
  }
}

/** activation(x) / x: Φ(x) for gelu, σ(2 z(x)) for its tanh approximation, σ(x) for silu. */
// @ts-ignore: decorator
@inline
function passing(kind: i32, x: v128): v128 {
  if (kind == GELU) {
    const half = f32x4.splat(0.5);
    return f32x4.add(half, f32x4.mul(half, erf4(f32x4.mul(x, f32x4.splat(0.7071067811865476)))));
  }
  if (kind == GELU_TANH) {
    const cubic = f32x4.add(f32x4.splat(1), f32x4.mul(f32x4.splat(0.044715), f32x4.mul(x, x)));
    return sigmoid4(f32x4.mul(f32x4.splat(2 * SLOPE), f32x4.mul(x, cubic)));
  }
  return sigmoid4(x);
}

// @ts-ignore: decorator
@inline
function activate(kind: i32, x: v128): v128 {
  if (kind == RELU) return f32x4.pmax(x, f32x4.splat(0)); // NaN stays NaN
  return f32x4.mul(x, passing(kind, x));
}

/** The derivative: `passing(x)` plus x times its derivative. */
// @ts-ignore: decorator
@inline
function slope(kind: i32, x: v128): v128 {
  if (kind == RELU) return v128.and(f32x4.splat(1), f32x4.gt(x, f32x4.splat(0)));
  const share = passing(kind, x);
  const square = f32x4.mul(x, x);
  if (kind == GELU) {
    const density = f32x4.mul(f32x4.splat(0.3989422804014327), exp4(f32x4.mul(square, f32x4.splat(-0.5))));
    return f32x4.add(share, f32x4.mul(x, density));
  }
  const spread = f32x4.mul(x, f32x4.mul(share, f32x4.sub(f32x4.splat(1), share)));
  if (kind != GELU_TANH) return f32x4.add(share, spread);
  const inner = f32x4.add(f32x4.splat(2 * SLOPE), f32x4.mul(f32x4.splat(6 * SLOPE * 0.044715), square));
  return f32x4.add(share, f32x4.mul(spread, inner));
}
