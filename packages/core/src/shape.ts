export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** `[2, 3]` as people write shapes; a scalar is `[]`. */
export function showShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
