import { describe, expect, it } from 'vitest';
import type { WrittenToken } from '../src/protocol/write.js';
import { perplexityOf, sharedLength, tintOf } from '../src/rooms/write/branches.js';
import { shortened, treeOf } from '../src/rooms/write/tree.js';

describe('what the room Write shows', () => {
  const token = (id: number, probability: number) => ({ id, probability }) as WrittenToken;

  it('sums surprise up as perplexity', () => {
    expect(perplexityOf([token(1, 0.5), token(2, 0.5)])).toBeCloseTo(2);
    expect(perplexityOf([])).toBeNull();
    expect(tintOf(1)).toBe(0);
    expect(tintOf(0.01)).toBeGreaterThan(tintOf(0.3));
  });

  it('draws all texts as one tree that parts where they part', () => {
    const text = (...ids: number[]) => ids.map((id) => ({ id, text: `${id} `, probability: 0.5 }) as WrittenToken);
    const kept = [{ tokens: text(1, 2, 3, 4) }, { tokens: text(1, 2, 5) }];
    const nodes = treeOf('So', text(1, 2, 3, 6, 7), kept);
    expect(nodes.map(({ text: words, depth, isOn }) => [words, depth, isOn])).toEqual([
      ['So', 0, true],
      ['1 2 ', 1, true],
      ['3 ', 2, true],
      ['4 ', 3, false],
      ['6 7 ', 3, true],
      ['5 ', 2, false],
    ]);
    expect(
      nodes
        .filter(({ leaf }) => leaf)
        .map(({ row, leaf }) => [row, leaf!.branch ? kept.indexOf(leaf!.branch as never) : 'now']),
    ).toEqual([
      [0, 0],
      [1, 'now'],
      [2, 1],
    ]);
    expect(nodes[0]!.row).toBeCloseTo(1.25);
    expect(shortened('Once upon a time there was a king', 12)).toBe('Once upo … ing');
  });

  it('finds where texts part', () => {
    expect(sharedLength([token(1, 1), token(2, 1)], [token(1, 1), token(3, 1)])).toBe(1);
  });
});
