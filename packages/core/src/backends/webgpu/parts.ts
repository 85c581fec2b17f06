/** Bindings start at multiples of 256 bytes. */
const ALIGNED = 64;

/** Splits `count` elements into parts that fit into a binding, each of whole rows of `width` elements. */
export function partsOf(count: number, mostBytes: number, width = 1): { start: number; count: number }[] {
  const step = leastCommonMultiple(width, ALIGNED);
  const most = Math.max(1, Math.floor(mostBytes / 4 / step)) * step;
  const parts: { start: number; count: number }[] = [];
  for (let start = 0; start < count; start += most) parts.push({ start, count: Math.min(most, count - start) });
  return parts;
}

function leastCommonMultiple(a: number, b: number): number {
  return (a / greatestCommonDivisor(a, b)) * b;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
