import { expect, it } from 'vitest';
import { checkArgument, checkOptions, option, optionsOf, SequiturError } from '../../src/index.js';

interface Inner {
  readonly keep?: number | undefined;
  readonly every: number;
}

interface Options {
  readonly steps?: number | undefined;
  readonly rate: number;
  readonly signal?: AbortSignal | undefined;
  readonly mode?: 'a' | 'b';
  readonly names?: readonly string[];
  readonly inner?: Inner;
}

const rule = optionsOf<Options>({
  steps: option.optional(option.count),
  rate: option.rate,
  signal: option.optional(option.signal),
  mode: option.optional(option.oneOf('a', 'b')),
  names: option.optional(option.listOf(option.text)),
  inner: option.optional(optionsOf<Inner>({ keep: option.optional(option.integer(1, 5)), every: option.count })),
});

const check = (options: unknown) => checkOptions('run', rule, options as Options);

it('gives sound options back as they were given', () => {
  const options = { rate: 0.5, steps: undefined, signal: new AbortController().signal, inner: { every: 3 } };
  expect(check(options)).toBe(options);
});

const wrong: readonly [options: unknown, message: RegExp][] = [
  [undefined, /^run: expected an object of options, got undefined\.$/],
  [null, /^run: expected an object of options, got null/],
  [[], /^run: expected an object of options, got \[\]/],
  ['x', /^run: expected an object of options, got "x"/],
  [{}, /^run, rate: expected a number in \[0, 1\), got undefined/],
  [{ rate: 1 }, /^run, rate: expected a number in \[0, 1\), got 1\.$/],
  [{ rate: Number.NaN }, /got NaN/],
  [{ rate: '0.5' }, /got "0.5"/],
  [{ rate: 0, steps: 0 }, /^run, steps: expected an integer of at least 1, got 0/],
  [{ rate: 0, steps: 1.5 }, /got 1.5/],
  [{ rate: 0, steps: Number.POSITIVE_INFINITY }, /got Infinity/],
  [{ rate: 0, steps: null }, /got null/],
  [{ rate: 0, stepz: 4 }, /^run, stepz: expected options among steps, rate, signal, mode, names, inner, got 'stepz'/],
  [{ rate: 0, stepz: undefined }, /got 'stepz'/],
  [{ rate: 0, signal: {} }, /^run, signal: expected an AbortSignal, got \{\}/],
  [{ rate: 0, mode: 'c' }, /^run, mode: expected one of "a", "b", got "c"/],
  [{ rate: 0, names: 'a' }, /^run, names: expected a list, got "a"/],
  [{ rate: 0, names: ['a', 3] }, /^run, names\.1: expected a string, got 3/],
  [{ rate: 0, inner: { every: 2, keep: 6 } }, /^run, inner\.keep: expected an integer from 1 to 5, got 6/],
  [{ rate: 0, inner: { every: 2, many: 6 } }, /^run, inner\.many: expected options among keep, every, got 'many'/],
  [{ rate: 0, inner: {} }, /^run, inner\.every: expected an integer of at least 1, got undefined/],
];

for (const [options, message] of wrong) {
  it(`refuses ${JSON.stringify(options) ?? 'nothing'}: ${message.source.slice(0, 60)}`, () => {
    expect(() => check(options)).toThrow(SequiturError);
    expect(() => check(options)).toThrow(message);
  });
}

it('quotes at most 200 characters, whatever comes', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  let deep: unknown = 1;
  for (let level = 0; level < 50_000; level++) deep = [deep];
  const strange = [
    'x'.repeat(1e6),
    new Array(1e5).fill(7),
    cyclic,
    deep,
    7n,
    Symbol('s'),
    new Map(),
    check,
    new Float32Array(9),
  ];
  for (const value of strange) {
    const refusal = () => checkArgument('f', option.count, value);
    expect(refusal).toThrow(SequiturError);
    expect(refusal).toThrow(/^f: expected an integer of at least 1, got .{1,200}\.$/u);
  }
  expect(() => check({ ['n'.repeat(1e5)]: 1, rate: 0 })).toThrow(/^.{1,700}$/u);
});
