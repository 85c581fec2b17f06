import { erf4, exp4, sigmoid4 } from './math';

const GELU: i32 = 0;
const GELU_TANH: i32 = 1;

/** sqrt(2 / π), the slope of the tanh form of gelu. */
const SLOPE: f32 = 0.7978845608028654;

/** y = activation(x) of n numbers: kind 0 gelu, 1 its tanh form, 2 silu. */
export function activationForward(kind: i32, n: i32, x: usize, y: usize): void {
  const end = x + (<usize>(n & ~3) << 2);
  for (; x < end; x += 16, y += 16) v128.store(y, activate(kind, v128.load(x)));
  for (let i = 0; i < (n & 3); i++, x += 4, y += 4) {
    store<f32>(y, f32x4.extract_lane(activate(kind, v128.load32_splat(x)), 0));
  }
}

/** dx = dy activation'(x) of n numbers. */
export function activationBackward(kind: i32, n: i32, x: usize, dy: usize, dx: usize): void {
  const end = x + (<usize>(n & ~3) << 2);
  for (; x < end; x += 16, dy += 16, dx += 16) {
    v128.store(dx, f32x4.mul(v128.load(dy), slope(kind, v128.load(x))));
  }
  for (let i = 0; i < (n & 3); i++, x += 4, dy += 4, dx += 4) {
    store<f32>(dx, load<f32>(dy) * f32x4.extract_lane(slope(kind, v128.load32_splat(x)), 0));
  }
}

/** The share of x that passes: Φ(x) of gelu, σ(2 z(x)) of its tanh form, σ(x) of silu. */
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
  return f32x4.mul(x, passing(kind, x));
}

/** The derivative: what passes, plus x times its own derivative. */
// @ts-ignore: decorator
@inline
function slope(kind: i32, x: v128): v128 {
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
