import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import * as option from '../../src/options/kinds.js';
import { showValue } from '../../src/options/show-value.js';

type Case = readonly [rule: option.OptionRule, accepted: readonly unknown[], refused: readonly unknown[]];

const INFINITE = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];

/** Every kind: a new one without a case fails. */
const cases: Readonly<Record<string, Case>> = {
  kind: [option.kind('x', (value) => value === 'x'), ['x'], ['y', undefined]],
  number: [option.number('a number'), [0, -1.5], ['1', null, ...INFINITE]],
  integer: [option.integer(-1, 3), [-1, 0, 3], [-2, 4, 0.5, '1', ...INFINITE]],
  count: [option.count, [1, 7], [0, -1, 1.5, 2 ** 53, ...INFINITE]],
  countOrNone: [option.countOrNone, [0, 7], [-1, 0.5, ...INFINITE]],
  positive: [option.positive, [1e-9, 3], [0, -1, ...INFINITE]],
  bound: [option.bound, [1e-9, Number.POSITIVE_INFINITY], [0, -1, Number.NaN, '3']],
  nonNegative: [option.nonNegative, [0, 1e9], [-1e-9, ...INFINITE]],
  share: [option.share, [0, 0.5, 1], [-1e-9, 1 + 1e-9, '0.5', ...INFINITE]],
  rate: [option.rate, [0, 0.999], [1, -1e-9, ...INFINITE]],
  flag: [option.flag, [true, false], [0, 1, 'true', null]],
  text: [option.text, ['', 'a'], [1, null, ['a']]],
  seed: [option.seed, [0, -3, 0.5, 'seven', ''], [null, true, [], ...INFINITE]],
  callback: [option.callback, [() => 0, Map], [null, {}, 'f']],
  signal: [option.signal, [new AbortController().signal], [{}, null, { aborted: false }, true]],
  anObject: [option.anObject, [{}, Object.create(null)], [null, [], 'x', undefined]],
  having: [option.having('files', 'open', 'close'), [{ open: () => 0, close: () => 0 }], [{ open: () => 0 }, null, 3]],
  iterable: [option.iterable, [[], new Set(), (function* () {})()], [3, null, {}, undefined]],
  oneOf: [option.oneOf('a', 2, null), ['a', 2, null], ['b', 3, undefined, false]],
  listOf: [option.listOf(option.count), [[], [1, 2]], [[1, 0], 'ab', 1, null]],
  either: [option.either('a or b', option.count, option.text), [3, 'x'], [0, null]],
  optional: [option.optional(option.count), [undefined, 2], [null, 0]],
  anything: [option.anything, [undefined, null, 3, {}], []],
};

it('every kind has cases', () => {
  expect(Object.keys(option).filter((name) => !(name in cases))).toEqual([]);
});

describe.each(Object.entries(cases))('%s', (_, [rule, accepted, refused]) => {
  it('accepts', () => {
    for (const value of accepted) expect(v.safeParse(rule, value).success, showValue(value)).toBe(true);
  });
  it('refuses', () => {
    for (const value of refused) expect(v.safeParse(rule, value).success, showValue(value)).toBe(false);
  });
});
