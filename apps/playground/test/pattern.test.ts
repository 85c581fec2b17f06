import * as attention from '@sequitur/attention';
import { describe, expect, it } from 'vitest';
import { insideLink, readInsideLink } from '../src/inside/link.js';
import { codeOf } from '../src/inside/pattern/code.js';
import { empty, painted, partsOf, patternOf, starts } from '../src/inside/pattern/design.js';

const functions: Readonly<Record<string, unknown>> = { ...attention };
const BLOCK = 8;
const LENGTH = 64;

/** Runs the lines that the designer shows, with the functions of the package. */
function made(code: string): attention.Pattern {
  const body = code.split('const pattern = ')[1]!;
  const names = /\{ ([^}]*) \}/.exec(code)![1]!.split(', ');
  const values = names.map((name) => functions[name]);
  return new Function(...names, `return ${body}`)(...values) as attention.Pattern;
}

describe('a pattern that is designed', () => {
  it.each(starts)('$name: its code makes the same pattern, which is causal', ({ design }) => {
    const pattern = patternOf(design, BLOCK)!;
    expect(attention.samePattern(made(codeOf(pattern)), pattern)).toBe(true);
    expect(attention.isCausal(pattern)).toBe(true);
  });

  it('is the union of its parts, with painted blocks added and taken away', () => {
    const plain = { ...empty, window: 4 };
    const added = painted(plain, 6, 1, false);
    const both = painted(added, 2, 2, true);
    const pattern = patternOf(both, BLOCK)!;
    for (let query = 0; query < LENGTH; query++) {
      for (let key = 0; key < LENGTH; key++) {
        const [row, column] = [Math.floor(query / BLOCK), Math.floor(key / BLOCK)];
        const isNear = key <= query && query - key < 4;
        const isPainted = row === 6 && column === 1;
        const isTaken = row === 2 && column === 2;
        expect(attention.sees(pattern, query, key)).toBe((isNear || isPainted) && !isTaken);
      }
    }
    expect(partsOf(both, BLOCK).map(({ name }) => name)).toEqual(['window', 'painted']);
    // The same block again brings back what was.
    expect(painted(painted(both, 6, 1, true), 2, 2, false)).toEqual(plain);
    expect(attention.samePattern(made(codeOf(pattern)), pattern)).toBe(true);
  });

  it('is none where nothing is on', () => {
    expect(patternOf(empty, BLOCK)).toBeNull();
  });
});

it('a link to the drawer holds any text', () => {
  const link = { ref: 'run:ab', beside: '', tab: 'lens', layer: 2, head: 3, text: 'a; b, c' };
  expect(readInsideLink(insideLink(link))).toEqual(link);
});
