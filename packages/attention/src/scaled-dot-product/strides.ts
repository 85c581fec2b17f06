/** Numbers between neighbours along each axis; 0 along those that are spread. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((size, axis) => (size === 1 ? 0 : shape.slice(axis + 1).reduce((a, b) => a * b, 1)));
}
