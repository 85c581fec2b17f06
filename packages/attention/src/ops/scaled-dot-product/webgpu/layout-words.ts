import { type BlockLayout, blockLayout, type LayoutRequest, type Pattern } from '../../../patterns/index.js';

/**
 * Serialises layouts to one list of integers: first the offsets of starts, entries and masks of each layout, then those
 * arrays. Offsets count from the start of the list.
 */
export function layoutWords(layouts: readonly BlockLayout[]): Int32Array {
  const parts = layouts.flatMap(({ starts, entries, masks }) => [starts, entries, masks]);
  const words = new Int32Array(parts.reduce((sum, part) => sum + part.length, parts.length));
  let at = parts.length;
  for (const [index, part] of parts.entries()) {
    words[index] = at;
    words.set(part, at);
    at += part.length;
  }
  return words;
}

/**
 * The transposed layout: for every block of keys, the blocks of queries that attend to it, ascending. Entries refer to
 * blocks of queries; masks are unchanged.
 */
export function turnedLayout(pattern: Pattern, request: LayoutRequest): BlockLayout {
  const layout = blockLayout(pattern, request);
  const met: number[][] = Array.from({ length: Math.ceil(request.keys / request.keyBlock) }, () => []);
  for (let block = 0; block < layout.starts.length - 1; block++) {
    for (let entry = layout.starts[block]!; entry < layout.starts[block + 1]!; entry++) {
      met[layout.entries[2 * entry]!]!.push(block, layout.entries[2 * entry + 1]!);
    }
  }
  const starts = new Int32Array(met.length + 1);
  for (const [index, entries] of met.entries()) starts[index + 1] = starts[index]! + entries.length / 2;
  return { ...layout, starts, entries: Int32Array.from(met.flat()) };
}
