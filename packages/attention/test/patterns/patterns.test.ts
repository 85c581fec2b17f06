import { Random } from '@sequitur/core';
import { describe, expect, it } from 'vitest';
import * as part from '../../src/patterns/index.js';
import { FULL, type Pattern } from '../../src/patterns/index.js';
import { randomPattern } from './random-pattern.js';

/** Lines of a picture, for comparing with ones drawn by hand. */
const lines = (pattern: Pattern, length: number) => part.picture(pattern, length).split('\n');

describe('patterns', () => {
  it('are those of their papers', () => {
    expect(lines(part.causal(), 4)).toEqual(['■···', '■■··', '■■■·', '■■■■']);
    expect(lines(part.slidingWindow(2), 4)).toEqual(['■···', '■■··', '·■■·', '··■■']);
    expect(lines(part.slidingWindow({ left: 0, right: 1 }), 3)).toEqual(['■■·', '·■■', '··■']);
    expect(lines(part.dilated({ left: 1, right: 1, dilation: 2 }), 5)).toEqual([
      '■·■··',
      '·■·■·',
      '■·■·■',
      '·■·■·',
      '··■·■',
    ]);
    expect(lines(part.strided(3), 7).at(-1)).toBe('■··■■■■');
    expect(lines(part.fixed({ stride: 3 }), 8).at(-1)).toBe('··■··■■■');
    expect(lines(part.globalTokens([1]), 3)).toEqual(['·■·', '■■■', '·■·']);
    expect(lines(part.documents([0, 0, 1]), 4)).toEqual(['■■··', '■■··', '··■■', '··■■']);
    expect(lines(part.prefix(2), 4)).toEqual(['■■··', '■■··', '■■■·', '■■■■']);
    expect(lines(part.chosenBlocks({ blockSize: 2, chosen: [[1], [0]] }), 4)).toEqual(['··■■', '··■■', '■■··', '■■··']);
    expect(lines(part.except(part.causal(), part.slidingWindow(2)), 4)).toEqual(['····', '····', '■···', '■■··']);
    expect(lines(part.both(part.causal(), part.documents([0, 1, 1])), 3)).toEqual(['■··', '·■·', '·■■']);
    expect(part.picture(part.causal(), 100, 3)).toBe('▪··\n■▪·\n■■▪');
  });

  it('show queries before the text, of which it has none, only what lies at a distance', () => {
    const seen = (pattern: Pattern) => [0, 1, 2].map((key) => part.sees(pattern, -1, key));
    const none = [part.causal(), part.prefix(3), part.documents([0, 0, 1]), part.strided(2), part.fixed({ stride: 2 })];
    for (const pattern of none) expect(seen(pattern), pattern.kind).toEqual([false, false, false]);
    expect(seen(part.randomBlocks({ seed: 1, blockSize: 2, blocks: 2, length: 4 }))).toEqual([false, false, false]);
    expect(seen(part.slidingWindow({ left: 1, right: 2 }))).toEqual([true, true, false]);
    expect(seen(part.full())).toEqual([true, true, true]);
  });

  it('are equal as data, whatever the order of their fields, and survive JSON', () => {
    const window = part.slidingWindow({ left: 3, right: 1 });
    expect(part.samePattern(window, { right: 1, left: 3, kind: 'slidingWindow' })).toBe(true);
    expect(part.samePattern(window, part.slidingWindow({ left: 3, right: 2 }))).toBe(false);
    const random = Random.fromSeed('json');
    for (let i = 0; i < 50; i++) {
      const pattern = randomPattern(random, 40);
      expect(JSON.parse(JSON.stringify(pattern))).toEqual(pattern);
    }
  });

  it('draw random blocks from earlier positions, or from the whole sequence', () => {
    const causal = part.randomBlocks({ seed: 1, blockSize: 4, blocks: 2 });
    const whole = part.randomBlocks({ seed: 1, blockSize: 4, blocks: 2, length: 64 });
    const seen = (pattern: Pattern, query: number) =>
      Array.from({ length: 64 }, (_, key) => key).filter((key) => part.sees(pattern, query, key));
    for (let query = 0; query < 64; query += 4) expect(Math.max(...seen(causal, query))).toBeLessThan(query + 4);
    expect(Math.max(...seen(whole, 0), ...seen(whole, 4), ...seen(whole, 8))).toBeGreaterThan(12);
    expect(seen(causal, 40)).not.toEqual(seen(part.randomBlocks({ seed: 2, blockSize: 4, blocks: 2 }), 40));
  });

  it('refuse invalid arguments', () => {
    expect(() => part.slidingWindow(0)).toThrow('slidingWindow, window');
    expect(() => part.fixed({ stride: 4, summary: 5 })).toThrow('fixed, summary');
    expect(() => part.either()).toThrow('at least one pattern');
  });
});

describe('block layouts', () => {
  it('equal `sees`, for chunks that start anywhere and caches with evicted positions', () => {
    const random = Random.fromSeed('layouts');
    for (let round = 0; round < 300; round++) {
      const length = 1 + random.integer(150);
      const queries = 1 + random.integer(length);
      const pattern = randomPattern(random, length);
      const before = random.integer(4) ? 0 : random.integer(20); // where there are more queries than keys
      const offset = random.integer(length - queries + 1) - before;
      const from = random.integer(Math.max(0, offset) + 1);
      const evicted =
        random.integer(3) === 0 && !before ? { from, count: random.integer(offset - from + 1) } : undefined;
      const keys = length - (evicted?.count ?? 0);
      const [queryBlock, keyBlock] = [
        [8, 32],
        [64, 64],
        [16, 32],
      ][random.integer(3)] as [number, number];
      const layout = part.blockLayout(pattern, { queries, keys, offset, queryBlock, keyBlock, evicted });
      const found = spell(layout, queries, keys);
      for (let q = 0; q < queries; q++) {
        for (let slot = 0; slot < keys; slot++) {
          const key = evicted && slot >= evicted.from ? slot + evicted.count : slot;
          if (found[q]![slot] !== part.sees(pattern, offset + q, key)) {
            expect.fail(`${JSON.stringify(pattern)}: query ${offset + q}, key ${key}, said ${found[q]![slot]}`);
          }
        }
      }
    }
  });

  it('grow with the visible pairs, not with the square of the length', () => {
    const request = { queries: 32768, keys: 32768, offset: 0, queryBlock: 64, keyBlock: 64 };
    const pattern = part.either(part.slidingWindow({ left: 128, right: 128 }), part.globalTokens(2));
    const { entries, masks } = part.blockLayout(pattern, request);
    expect(entries.length / 2).toBeLessThan(512 * 7 + 2 * 512);
    expect(masks.length).toBeLessThan(20 * 128);
    const dense = part.blockLayout(part.causal(), request);
    expect(dense.entries.filter((_, index) => index % 2 === 1 && dense.entries[index] !== FULL)).toHaveLength(512);
    expect(dense.masks).toHaveLength(128);
  });
});

function spell({ starts, entries, masks, queryBlock, keyBlock }: part.BlockLayout, queries: number, keys: number) {
  const seen = Array.from({ length: queries }, () => new Array<boolean>(keys).fill(false));
  for (let q = 0; q < queries; q++) {
    const block = Math.floor(q / queryBlock);
    for (let entry = starts[block]!; entry < starts[block + 1]!; entry++) {
      const [first, mask] = [entries[2 * entry]! * keyBlock, entries[2 * entry + 1]!];
      for (let i = 0; i < keyBlock && first + i < keys; i++) {
        const word = mask === FULL ? -1 : masks[(mask * (keyBlock / 32) + (i >> 5)) * queryBlock + (q % queryBlock)]!;
        if ((word >>> (i & 31)) & 1) seen[q]![first + i] = true;
      }
    }
  }
  return seen;
}
