import { Random } from '@sequitur/core';
import { type Pattern, patternKey, type RandomBlocks } from './pattern.js';

/**
 * Whether the query at one position attends to the key at another: the definition that every other answer about a
 * pattern must equal.
 */
export function sees(pattern: Pattern, query: number, key: number): boolean {
  switch (pattern.kind) {
    case 'causal':
      return key <= query;
    case 'full':
      return true;
    case 'slidingWindow':
      return key >= query - pattern.left && key <= query + pattern.right;
    case 'dilated': {
      const { left, right, dilation } = pattern;
      return key >= query - left * dilation && key <= query + right * dilation && (key - query) % dilation === 0;
    }
    case 'strided': {
      const distance = query - key;
      return distance >= 0 && (distance < pattern.stride || distance % pattern.stride === 0);
    }
    case 'fixed': {
      const { stride, summary } = pattern;
      const ownBlock = Math.floor(key / stride) === Math.floor(query / stride);
      return key <= query && (ownBlock || key % stride >= stride - summary);
    }
    case 'globalTokens':
      return includes(pattern.positions, query) || includes(pattern.positions, key);
    case 'randomBlocks':
      return drawnBlocks(pattern, Math.floor(query / pattern.blockSize)).has(Math.floor(key / pattern.blockSize));
    case 'chosenBlocks': {
      const { blockSize, chosen } = pattern;
      return chosen[Math.floor(query / blockSize)]?.includes(Math.floor(key / blockSize)) ?? false;
    }
    case 'documents':
      return query >= 0 && documentOf(pattern.ids, query) === documentOf(pattern.ids, key);
    case 'prefix':
      return key <= query || (query >= 0 && query < pattern.length && key < pattern.length);
    case 'either':
      return pattern.patterns.some((part) => sees(part, query, key));
    case 'both':
      return pattern.patterns.every((part) => sees(part, query, key));
    case 'except':
      return sees(pattern.pattern, query, key) && !sees(pattern.without, query, key);
  }
}

/** Binary search in an ascending list. */
function includes(positions: readonly number[], wanted: number): boolean {
  const index = firstAtLeast(positions, wanted);
  return positions[index] === wanted;
}

/** The index of the first entry >= `wanted` in an ascending list; its length where there is none. */
export function firstAtLeast(positions: readonly number[], wanted: number): number {
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (positions[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The document of a position. */
export function documentOf(ids: readonly number[], position: number): number | undefined {
  return ids[Math.min(position, ids.length - 1)];
}

/** A cache of the drawn blocks by pattern and block of queries: drawing again for every pair would be slow. */
const drawn = new Map<string, Map<number, ReadonlySet<number>>>();

/** The blocks of keys that were drawn for a block of queries. */
export function drawnBlocks(pattern: RandomBlocks, queryBlock: number): ReadonlySet<number> {
  const key = patternKey(pattern);
  let ofPattern = drawn.get(key);
  if (!ofPattern) {
    if (drawn.size >= 64) drawn.clear();
    ofPattern = new Map();
    drawn.set(key, ofPattern);
  }
  let blocks = ofPattern.get(queryBlock);
  if (!blocks) {
    blocks = draw(pattern, queryBlock);
    ofPattern.set(queryBlock, blocks);
  }
  return blocks;
}

function draw({ seed, blockSize, blocks, length }: RandomBlocks, queryBlock: number): ReadonlySet<number> {
  if (queryBlock < 0) return new Set();
  const random = Random.fromSeed(seed).fork(queryBlock);
  const candidates = length === undefined ? queryBlock + 1 : Math.ceil(length / blockSize);
  return new Set(Array.from({ length: blocks }, () => random.integer(candidates)));
}
