import { type Pattern, sees } from '@sequitur/attention';

/**
 * How many pairs of a query and a key a pattern shows in a text, from what the pattern means: in closed form where it has
 * one, else pair by pair. Kernels compile patterns to blocks; what they then compute is held against this.
 */
export function visiblePairs(pattern: Pattern, length: number): number {
  switch (pattern.kind) {
    case 'causal':
      return (length * (length + 1)) / 2;
    case 'full':
      return length * length;
    case 'slidingWindow':
      return sumOver(
        length,
        (query) => 1 + Math.min(query, pattern.left) + Math.min(length - 1 - query, pattern.right),
      );
    case 'strided':
      return sumOver(length, (query) => {
        const near = Math.min(query + 1, pattern.stride);
        return near + Math.max(0, Math.floor(query / pattern.stride));
      });
    default:
      return sumOver(length, (query) => sumOver(length, (key) => Number(sees(pattern, query, key))));
  }
}

function sumOver(count: number, term: (index: number) => number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += term(index);
  return sum;
}
