/** x y (1 - y), the derivative of a sigmoid with output y. */
// @ts-ignore: decorator
@inline
export function throughSigmoid(x: v128, y: v128): v128 {
  return f32x4.mul(x, f32x4.mul(y, f32x4.sub(f32x4.splat(1), y)));
}

/** x (1 - y²), the derivative of a tanh with output y. */
// @ts-ignore: decorator
@inline
export function throughTanh(x: v128, y: v128): v128 {
  return f32x4.mul(x, f32x4.sub(f32x4.splat(1), f32x4.mul(y, y)));
}
