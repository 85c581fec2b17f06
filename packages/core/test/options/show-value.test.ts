import { expect, it } from 'vitest';
import { shorten, showValue } from '../../src/index.js';

class Point {
  readonly x = 1;
}
const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;

it.each<[unknown, string]>([
  [undefined, 'undefined'],
  [null, 'null'],
  [Number.NaN, 'NaN'],
  [3n, '3n'],
  ['a"b', '"a\\"b"'],
  [Math.max, 'the function max'],
  [
    (
      () => () =>
        0
    )(),
    'a function',
  ],
  [new Float32Array(3), 'a Float32Array of 12 bytes'],
  [new Point(), 'a Point'],
  [{ a: [1, Number.NaN, new Point(), 2n] }, '{"a":[1,"NaN","a Point","2n"]}'],
  [Object.assign(Object.create(null), { a: Object.create(null) }), '{"a":{}}'],
  [cyclic, 'an object'],
  [[cyclic], 'a list of 1'],
])('%o is shown as %s', (value, shown) => expect(showValue(value)).toBe(shown));

it('is at most 200 characters, and says how many there were', () => {
  expect(shorten('x'.repeat(200))).toBe('x'.repeat(200));
  const long = shorten('x'.repeat(201));
  expect(long).toHaveLength(200);
  expect(long).toMatch(/^x+… \(201 characters\)$/);
  expect(showValue(Array.from({ length: 1000 }, (_, i) => i))).toHaveLength(200);
  expect(shorten('abcdefghijklmnopqrstuvwxyz'.repeat(2), 40)).toHaveLength(40);
});
