export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** A shape as a string, `[2, 3]`; `[]` for a scalar. */
export function showShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
