/** Row-major strides of each axis in elements; 0 along broadcast axes. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((size, axis) => (size === 1 ? 0 : shape.slice(axis + 1).reduce((a, b) => a * b, 1)));
}
