/**
 * Kinds of option values. Each is a valibot schema whose message is the expected value in errors: `an integer of at
 * least 1`.
 */
import * as v from 'valibot';
import { showValue } from './show-value.js';

// biome-ignore lint/suspicious/noExplicitAny: what a rule accepts is typed by the interface of the options
export type OptionRule = v.GenericSchema<any>;

/** A kind by a phrase and a predicate. */
export function kind<T>(expected: string, holds: (value: unknown) => boolean): OptionRule {
  return v.custom<T>(holds, expected);
}

/** A finite number that meets a condition, described by the phrase: `a number above 0`. */
export function number(expected: string, holds: (value: number) => boolean = () => true): OptionRule {
  return kind(expected, (value) => typeof value === 'number' && Number.isFinite(value) && holds(value));
}

export function integer(least: number, most = Number.MAX_SAFE_INTEGER): OptionRule {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return kind(
    `an integer ${range}`,
    (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
  );
}

/** A count of at least 1. */
export const count = integer(1);

/** A count of at least 0. */
export const countOrNone = integer(0);

export const positive = number('a number above 0', (value) => value > 0);

/** A bound, Infinity for none. */
export const bound = kind<number>('a number above 0', (value) => typeof value === 'number' && value > 0);

export const nonNegative = number('a number of at least 0', (value) => value >= 0);

/** A fraction in [0, 1]. */
export const share = number('a number from 0 to 1', (value) => value >= 0 && value <= 1);

/** A rate of decay or dropout in [0, 1). */
export const rate = number('a number in [0, 1)', (value) => value >= 0 && value < 1);

export const flag = kind<boolean>('true or false', (value) => typeof value === 'boolean');

export const text = kind<string>('a string', (value) => typeof value === 'string');

/** A seed of random draws. */
export const seed = kind<number | string>(
  'a finite number or a string',
  (value) => typeof value === 'string' || Number.isFinite(value),
);

export const callback = kind<unknown>('a function', (value) => typeof value === 'function');

export const signal = kind<AbortSignal>(
  'an AbortSignal',
  (value) => typeof value === 'object' && value !== null && 'aborted' in value && 'throwIfAborted' in value,
);

/** An object of options, whose names are checked elsewhere. */
export const anObject = kind<object>(
  'an object of options',
  (value) => typeof value === 'object' && !!value && !Array.isArray(value),
);

/** An object with these methods: an optimizer, files, a tokenizer. */
export function having(expected: string, ...methods: readonly string[]): OptionRule {
  return kind(expected, (value) => {
    if (typeof value !== 'object' || value === null) return false;
    return methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function');
  });
}

/** An iterable or async iterable. */
export const iterable = kind<unknown>(
  'an iterable',
  (value) =>
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    (Symbol.iterator in value || Symbol.asyncIterator in value),
);

/** One of these values. */
export function oneOf(...values: readonly (string | number | boolean | null)[]): OptionRule {
  return kind(`one of ${values.map(showValue).join(', ')}`, (value) => (values as readonly unknown[]).includes(value));
}

/** A list, each item of which meets the rule. */
export function listOf(item: OptionRule): OptionRule {
  return v.array(item, 'a list');
}

/** Any of the rules. */
export function either(expected: string, ...rules: readonly OptionRule[]): OptionRule {
  return v.union([...rules], expected);
}

/** The rule, or undefined. */
export function optional(rule: OptionRule): OptionRule {
  return v.optional(rule);
}

/** Any value, checked elsewhere. */
export const anything: OptionRule = v.any();
