import type { AttentionMaps } from '../protocol/inside.js';

export type Mode = 'head' | 'mean' | 'rollOut';

/** The weights of one map [queries, keys]: of a head, of the mean over heads, or of the roll-out. */
export function weightsOf(maps: AttentionMaps, mode: Mode, head: number): Float32Array {
  if (mode === 'mean') return maps.mean;
  if (mode === 'rollOut' && maps.rollOut) return maps.rollOut;
  const size = maps.weights.length / maps.heads;
  return maps.weights.subarray(head * size, (head + 1) * size);
}

/** Whether nothing is ever seen after the diagonal. */
export function isCausal({ mean, queries, keys }: AttentionMaps, columns: number): boolean {
  if (queries !== keys) return false;
  return mean.every((weight, cell) => weight === 0 || cell % columns <= Math.floor(cell / columns));
}

/** How far back a query looks on average, and how spread its weights are. */
export function spreadOf(
  row: ArrayLike<number>,
  query: number,
): { readonly back: number; readonly bits: number; readonly most: number } {
  let [back, bits, seen] = [0, 0, 0];
  for (let key = 0; key < row.length; key++) {
    const weight = row[key]!;
    if (weight <= 0) continue;
    seen++;
    back += weight * Math.abs(query - key);
    bits -= weight * Math.log2(weight);
  }
  return { back, bits, most: Math.log2(Math.max(1, seen)) };
}
