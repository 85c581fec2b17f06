import type { AttentionCost, PatternPicture, PatternRequest } from '../../protocol/inside.js';
import {
  attentionFlops,
  blockLayout,
  causal,
  FULL,
  MultiHeadAttention,
  type Pattern,
  sees,
  visiblePairs,
} from '../packages.js';

/** Key blocks of a layout are words of 32 bits. */
const WORD = 32;

/** What a pattern shows, part by part, and what it costs. */
export function pictureOf(request: PatternRequest): PatternPicture {
  const { pattern, parts, length, blockSize } = request;
  const blocks = Math.ceil(length / blockSize);
  const shares = sharesOf(pattern, length, blockSize);
  const ofParts = parts.map((part) => sharesOf(part.pattern, length, blockSize));
  const reasons = Int8Array.from(shares, (share, cell) =>
    share > 0 ? ofParts.findIndex((part) => part[cell]! > 0) : -1,
  );
  return {
    ...{ blocks, shares, reasons },
    cost: costOf(pattern, request),
    dense: costOf(causal(), request),
    ...reachOf(pattern, length),
  };
}

/** By the packages' own block layout: for each block the share of its causal pairs that are visible. */
function sharesOf(pattern: Pattern, length: number, blockSize: number): Float32Array {
  const blocks = Math.ceil(length / blockSize);
  const visible = new Float32Array(blocks * blocks);
  const keyBlock = Math.ceil(blockSize / WORD) * WORD;
  const request = { queries: length, keys: length, offset: 0, queryBlock: blockSize, keyBlock };
  const { starts, entries, masks } = blockLayout(pattern, request);
  const words = keyBlock / WORD;
  for (let row = 0; row < blocks; row++) {
    for (let entry = starts[row]!; entry < starts[row + 1]!; entry++) {
      const [column, mask] = [entries[2 * entry]!, entries[2 * entry + 1]!];
      for (let query = 0; query < Math.min(blockSize, length - row * blockSize); query++) {
        for (let bit = 0; bit < Math.min(keyBlock, length - column * keyBlock); bit++) {
          const isVisible =
            mask === FULL || (masks[(mask * words + (bit >> 5)) * blockSize + query]! >>> (bit & 31)) & 1;
          if (isVisible) {
            visible[row * blocks + Math.floor((column * keyBlock + bit) / blockSize)]! += 1;
          }
        }
      }
    }
  }
  return visible.map((count, cell) => count / pairsOf(Math.floor(cell / blocks), cell % blocks, blockSize, length));
}

/** Pairs of a block that are not in the future. */
function pairsOf(row: number, column: number, blockSize: number, length: number): number {
  const size = (index: number) => Math.min(blockSize, length - index * blockSize);
  if (row === column) return (size(row) * (size(row) + 1)) / 2;
  return size(row) * size(column);
}

function costOf(pattern: Pattern, { length, heads, width }: PatternRequest): AttentionCost {
  const layer = new MultiHeadAttention({ width, heads, pattern });
  const pairs = visiblePairs(pattern, length);
  return { pairs, flops: heads * pairs * attentionFlops(layer), cacheBytes: layer.cost(length).stateBytes };
}

/**
 * Layers until the last token has heard of all before it, each layer going one look further; null where it never does.
 * And the number of queries that see nothing.
 */
function reachOf(pattern: Pattern, length: number): { readonly layers: number | null; readonly blind: number } {
  const keysOf = Array.from({ length }, (_, query) => {
    const keys: number[] = [];
    for (let key = 0; key <= query; key++) if (sees(pattern, query, key)) keys.push(key);
    return keys;
  });
  const heard = new Set([length - 1]);
  let front = [length - 1];
  let layers = 0;
  while (heard.size < length && front.length > 0) {
    const next = new Set(front.flatMap((query) => keysOf[query]!).filter((key) => !heard.has(key)));
    for (const key of next) heard.add(key);
    front = [...next];
    layers++;
  }
  return {
    layers: heard.size === length ? Math.max(1, layers) : null,
    blind: keysOf.filter((keys) => keys.length === 0).length,
  };
}
