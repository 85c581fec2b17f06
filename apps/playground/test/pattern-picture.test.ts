import type { Pattern } from '@sequitur/attention';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../src/protocol/index.js';
import type { PatternRequest } from '../src/protocol/inside.js';
import { memoryStore } from '../src/worker/storage/store.js';
import { connect } from './in-process.js';

describe('what the worker says of a pattern', () => {
  let engine: Engine;
  let close: () => void;
  beforeAll(() => {
    ({ engine, close } = connect(memoryStore()));
  });
  afterAll(() => close());

  it('counts the pairs of a pattern as by hand, and colours its blocks by their parts', async () => {
    const window: Pattern = { kind: 'slidingWindow', left: 3, right: 0 };
    const first: Pattern = { kind: 'globalTokens', positions: [0, 1] };
    const pattern: Pattern = {
      kind: 'both',
      patterns: [{ kind: 'causal' }, { kind: 'either', patterns: [window, first] }],
    };
    const request: PatternRequest = {
      ...{ pattern, length: 64, blockSize: 8, heads: 2, width: 16 },
      parts: [
        { name: 'window', pattern: window },
        { name: 'global', pattern: first },
      ],
    };
    const picture = await engine.call('inside.pattern', request);
    let pairs = 0;
    for (let query = 0; query < 64; query++) {
      for (let key = 0; key <= query; key++) if (query - key <= 3 || key < 2) pairs++;
    }
    expect(picture.cost.pairs).toBe(pairs);
    expect(picture.dense.pairs).toBe((64 * 65) / 2);
    // Score and weighted sum: 2 (8 + 8) operations for each pair and head.
    expect(picture.cost.flops).toBe(2 * pairs * 32);
    expect(picture.dense.cacheBytes).toBe(64 * 2 * 16 * 4);
    // The last token sees 60 to 63; each layer more goes three back, until 2 is heard of: (60 - 2) / 3 layers more.
    expect(picture.layers).toBe(1 + Math.ceil(58 / 3));
    // Of the first block, all but the queries 6 and 7 with the keys 2 and 3 that lie too far back.
    expect(picture.shares[0]).toBeCloseTo((36 - 3) / 36, 6);
    expect(picture.reasons[0]).toBe(0);
    expect([picture.reasons[5 * 8], picture.shares[5 * 8]]).toEqual([1, 2 / 8]);
    expect([picture.reasons[5 * 8 + 2], picture.blind]).toEqual([-1, 0]);
  });

  it('says where a pattern is blind, and that it never sees all', async () => {
    const pattern: Pattern = { kind: 'both', patterns: [{ kind: 'causal' }, { kind: 'globalTokens', positions: [0] }] };
    const picture = await engine.call('inside.pattern', {
      pattern,
      parts: [],
      length: 8,
      blockSize: 1,
      heads: 1,
      width: 4,
    });
    expect([picture.layers, picture.blind]).toEqual([null, 0]);
    const window: Pattern = { kind: 'slidingWindow', left: 1, right: 0 };
    const far = await engine.call('inside.pattern', {
      pattern: window,
      parts: [],
      length: 9,
      blockSize: 1,
      heads: 1,
      width: 4,
    });
    expect(far.layers).toBe(8);
    const none: Pattern = { kind: 'except', pattern: window, without: { kind: 'causal' } };
    const blind = await engine.call('inside.pattern', {
      pattern: none,
      parts: [],
      length: 4,
      blockSize: 1,
      heads: 1,
      width: 4,
    });
    expect([blind.layers, blind.blind]).toEqual([null, 4]);
  });
});
