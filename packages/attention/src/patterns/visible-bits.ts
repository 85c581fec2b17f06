import { spanOfDocument } from './document-spans.js';
import type { Fixed, Pattern } from './pattern.js';
import { documentOf, drawnBlocks, firstAtLeast } from './sees.js';

const ALL = 0xffffffff;

/** `sees` for 32 keys at once: an unsigned integer whose bit i is 1 where `query` attends to key `first` + i. */
export function visibleBits(pattern: Pattern, query: number, first: number): number {
  switch (pattern.kind) {
    case 'causal':
      return range(0, query - first + 1);
    case 'full':
      return ALL;
    case 'slidingWindow':
      return range(query - pattern.left - first, query + pattern.right - first + 1);
    case 'dilated': {
      const { left, right, dilation } = pattern;
      const window = range(query - left * dilation - first, query + right * dilation - first + 1);
      return (window & everyBit(dilation, query - first)) >>> 0;
    }
    case 'strided': {
      const near = range(query - pattern.stride + 1 - first, query - first + 1);
      return (near | (range(0, query - first + 1) & everyBit(pattern.stride, query - first))) >>> 0;
    }
    case 'fixed':
      return fixedBits(pattern, query, first);
    case 'globalTokens':
      return globalBits(pattern.positions, query, first);
    case 'randomBlocks': {
      const drawn = drawnBlocks(pattern, Math.floor(query / pattern.blockSize));
      return blockBits(pattern.blockSize, first, (block) => drawn.has(block));
    }
    case 'chosenBlocks': {
      const chosen = pattern.chosen[Math.floor(query / pattern.blockSize)] ?? [];
      return blockBits(pattern.blockSize, first, (block) => chosen.includes(block));
    }
    case 'documents':
      return documentBits(pattern.ids, query, first);
    case 'prefix':
      return range(0, (query >= 0 && query < pattern.length ? pattern.length : query + 1) - first);
    case 'either':
      return pattern.patterns.reduce((bits, part) => (bits | visibleBits(part, query, first)) >>> 0, 0);
    case 'both':
      return pattern.patterns.reduce((bits, part) => (bits && bits & visibleBits(part, query, first)) >>> 0, ALL);
    case 'except':
      return (visibleBits(pattern.pattern, query, first) & ~visibleBits(pattern.without, query, first)) >>> 0;
  }
}

/** The bits of the half-open range from `start` to `end`; both may be outside 0 to 32. */
export function range(start: number, end: number): number {
  return (below(end) & ~below(start)) >>> 0;
}

function below(end: number): number {
  if (end <= 0) return 0;
  return end >= 32 ? ALL : (1 << end) - 1;
}

/** Every `period`-th bit, counted in both directions from `place`, which may be outside 0 to 31. */
function everyBit(period: number, place: number): number {
  let bits = 0;
  for (let bit = ((place % period) + period) % period; bit < 32; bit += period) bits |= 1 << bit;
  return bits;
}

/** The query's own block of keys, and the last keys of every earlier block. */
function fixedBits({ stride, summary }: Fixed, query: number, first: number): number {
  let bits = range(Math.floor(query / stride) * stride - first, 32);
  for (let end = (Math.floor(first / stride) + 1) * stride - first; end - summary < 32; end += stride) {
    bits |= range(end - summary, end);
  }
  return (bits & range(0, query - first + 1)) >>> 0;
}

function globalBits(positions: readonly number[], query: number, first: number): number {
  if (positions[firstAtLeast(positions, query)] === query) return ALL;
  let bits = 0;
  for (let index = firstAtLeast(positions, first); positions[index]! < first + 32; index++) {
    bits |= 1 << (positions[index]! - first);
  }
  return bits >>> 0;
}

/** The bits of the blocks for which `has` is true. */
function blockBits(blockSize: number, first: number, has: (block: number) => boolean): number {
  let bits = 0;
  for (let block = Math.floor(first / blockSize); block * blockSize < first + 32; block++) {
    if (has(block)) bits |= range(block * blockSize - first, (block + 1) * blockSize - first);
  }
  return bits >>> 0;
}

function documentBits(ids: readonly number[], query: number, first: number): number {
  if (query < 0) return 0;
  const own = documentOf(ids, query);
  if (own === undefined) return ALL;
  const { start, end, whole } = spanOfDocument(ids, own);
  if (whole) return range(start - first, end - first);
  let bits = 0;
  for (let i = 0; i < 32; i++) if (documentOf(ids, first + i) === own) bits |= 1 << i;
  return bits >>> 0;
}
