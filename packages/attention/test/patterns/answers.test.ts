import { Random } from '@sequitur/core';
import { describe, expect, it } from 'vitest';
import * as part from '../../src/index.js';
import { candidates } from '../../src/patterns/candidates.js';
import { covers } from '../../src/patterns/covers.js';
import { LayoutCache } from '../../src/patterns/layout-cache.js';
import { randomPattern } from './random-pattern.js';

const rounds = Array.from({ length: 200 }, (_, round) => {
  const random = Random.fromSeed(`answers ${round}`);
  const length = 1 + random.integer(140);
  return { random, length, pattern: randomPattern(random, length) };
});

function positions(length: number, from = 0): number[] {
  return Array.from({ length }, (_, index) => from + index);
}

describe('answers about patterns, against `sees` for each pair', () => {
  it('count the same pairs, after any number of earlier positions', () => {
    for (const { random, length, pattern } of rounds) {
      const seen = random.integer(length);
      const keys = positions(length);
      const pairs = positions(length - seen, seen).flatMap((query) =>
        keys.filter((key) => part.sees(pattern, query, key)),
      );
      expect(part.visiblePairs(pattern, length - seen, seen), JSON.stringify(pattern)).toBe(pairs.length);
    }
  });

  it('draw the same picture', () => {
    for (const { random, length, pattern } of rounds) {
      const size = 1 + random.integer(20);
      const cell = Math.ceil(length / size);
      const cells = positions(Math.ceil(length / cell));
      const of = (index: number) => positions(Math.min(cell, length - index * cell), index * cell);
      const mark = (row: number, column: number) => {
        const answers = of(row).flatMap((query) => of(column).map((key) => part.sees(pattern, query, key)));
        return answers.every(Boolean) ? '■' : answers.some(Boolean) ? '▪' : '·';
      };
      const wanted = cells.map((row) => cells.map((column) => mark(row, column)).join('')).join('\n');
      expect(part.picture(pattern, length, size), JSON.stringify(pattern)).toBe(wanted);
    }
  });

  it('miss no visible key, and report as covered only what is visible', () => {
    for (const { random, length, pattern } of rounds) {
      const span = () => {
        const start = random.integer(length);
        return { start, end: start + 1 + random.integer(length - start) };
      };
      const [queries, keys] = [span(), span()];
      const spans = candidates(pattern, queries, length);
      const isCertain = covers(pattern, queries, keys);
      for (const query of positions(queries.end - queries.start, queries.start)) {
        for (const key of positions(length)) {
          const isSeen = part.sees(pattern, query, key);
          if (isSeen) expect(spans.some(({ start, end }) => key >= start && key < end)).toBe(true);
          if (isCertain && key >= keys.start && key < keys.end) expect(isSeen, JSON.stringify(pattern)).toBe(true);
        }
      }
    }
  });
});

describe('long sequences', () => {
  it('are searched only where keys may be visible', () => {
    const queries = { start: 20_480, end: 20_544 };
    const searched = (pattern: part.Pattern) =>
      candidates(pattern, queries, 32_768).reduce((sum, { start, end }) => sum + end - start, 0);
    expect(searched(part.strided(128))).toBeLessThan(0.51 * queries.end + 192);
    expect(searched(part.fixed({ stride: 128, summary: 8 }))).toBeLessThan((8 / 128) * queries.end + 192);
    expect(searched(part.dilated({ left: 64, right: 64, dilation: 256 }))).toBeLessThan(0.51 * 32_768);
  });

  it('cover whole documents without checking each pair', () => {
    const ids = positions(1000).map((position) => Math.floor(position / 500));
    const pattern = part.both(part.causal(), part.documents(ids));
    expect(covers(pattern, { start: 700, end: 760 }, { start: 500, end: 700 })).toBe(true);
    expect(covers(pattern, { start: 700, end: 760 }, { start: 499, end: 700 })).toBe(false);
    expect(covers(part.documents([0, 1, 0]), { start: 0, end: 3 }, { start: 0, end: 3 })).toBe(false);
  });

  it('are drawn without checking each pair', () => {
    const pattern = part.either(part.slidingWindow(256), part.globalTokens(2));
    expect(part.picture(pattern, 1_000_000, 4)).toBe('▪▪▪▪\n▪▪··\n▪▪▪·\n▪·▪▪');
  });
});

describe('layouts', () => {
  it('are cached in bounded count and bytes, least recently used first out', () => {
    const cache = new LayoutCache({ layouts: 3, bytes: 1000 });
    const asked: string[] = [];
    const ask = (key: string, words = 10) =>
      cache.get(key, () => {
        asked.push(key);
        const none = new Int32Array(0);
        return { queryBlock: 64, keyBlock: 64, starts: none, entries: none, masks: new Int32Array(words) };
      });
    for (const key of ['a', 'b', 'c', 'a', 'd', 'a', 'b']) ask(key); // b went for d, and comes again for c
    expect(asked).toEqual(['a', 'b', 'c', 'd', 'b']);
    expect([cache.size, cache.bytes]).toEqual([3, 3 * 42]);
    ask('large', 200);
    expect([cache.size, cache.bytes]).toEqual([3, 2 * 42 + 810]);
    ask('larger', 240);
    expect([cache.size, cache.bytes]).toEqual([1, 972]);
    ask('too large', 900);
    expect(cache.size).toBe(1);
    ask('a');
    expect([cache.size, cache.bytes]).toEqual([1, 42]);
  });
});

describe('patterns from outside', () => {
  const refuses = (pattern: unknown, message: string | RegExp) =>
    expect(() => part.expectPattern('saved', pattern as part.Pattern)).toThrow(message);

  it('are accepted as the functions made them', () => {
    for (const { pattern } of rounds) part.expectPattern('saved', JSON.parse(JSON.stringify(pattern)));
  });

  it('are refused by the name of the wrong field', () => {
    refuses({ kind: 'diagonal' }, /saved: expected a pattern.*diagonal/);
    refuses('causal', /saved: expected a pattern/);
    refuses(null, /saved: expected a pattern/);
    refuses({ kind: 'slidingWindow', left: 3 }, 'right');
    refuses({ kind: 'slidingWindow', left: -1, right: 0 }, 'slidingWindow, left');
    refuses({ kind: 'globalTokens', positions: [4, 2] }, 'ascending');
    refuses({ kind: 'globalTokens', positions: 3 }, 'positions: expected a list');
    refuses({ kind: 'chosenBlocks', blockSize: 2, chosen: [['a']] }, 'chosenBlocks, chosen');
    refuses({ kind: 'documents', ids: [0, 0.5] }, 'documents, ids');
    refuses({ kind: 'either', patterns: [{ kind: 'strided', stride: 0 }] }, 'strided, stride');
    refuses({ kind: 'both', patterns: [] }, 'at least one pattern');
    refuses({ kind: 'except', pattern: { kind: 'full' } }, /saved: expected a pattern/);
    expect(() => new part.MultiHeadAttention({ width: 4, heads: 1, pattern: {} as part.Pattern })).toThrow(/a pattern/);
  });
});
