import { type Json, SequiturError, showValue } from '@sequitur/core';

/** Reads one attribute of a config, checking its type. */
export type ReadAttribute<T> = (value: Json, where: string) => T;

export const anInteger =
  (least = 1, most = Number.MAX_SAFE_INTEGER): ReadAttribute<number> =>
  (value, where) => {
    if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
    const expected = `an integer of at least ${least}${most < Number.MAX_SAFE_INTEGER ? ` and at most ${most}` : ''}`;
    throw new SequiturError({ where, expected, got: showValue(value) });
  };

/** A number of layers, heads or classes, for each of which something is built: few enough for that to end. */
export const aCount = anInteger(1, 10_000);

/** A finite number for which `holds` is true. */
export const aNumber =
  (expected: string, holds: (value: number) => boolean): ReadAttribute<number> =>
  (value, where) => {
    if (typeof value === 'number' && Number.isFinite(value) && holds(value)) return value;
    throw new SequiturError({ where, expected, got: showValue(value) });
  };

export const aPositive = aNumber('a number above 0', (value) => value > 0);

/** A fraction in [0, 1). */
export const aShare = aNumber('a number in [0, 1)', (value) => value >= 0 && value < 1);

export const aBoolean: ReadAttribute<boolean> = (value, where) => {
  if (typeof value === 'boolean') return value;
  throw new SequiturError({ where, expected: 'true or false', got: showValue(value) });
};

export const oneOf =
  <T extends string>(names: readonly T[]): ReadAttribute<T> =>
  (value, where) => {
    if (names.includes(value as T)) return value as T;
    throw new SequiturError({ where, expected: `one of ${names.join(', ')}`, got: showValue(value) });
  };

export const texts: ReadAttribute<readonly string[]> = (value, where) => {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new SequiturError({ where, expected: 'a list of texts', got: showValue(value) });
};

/** Any string. */
export const aText: ReadAttribute<string> = (value, where) => {
  if (typeof value === 'string') return value;
  throw new SequiturError({ where, expected: 'a text', got: showValue(value) });
};

/** Exactly this value, where only one setting is supported. */
export const only =
  <T extends Json>(wanted: T): ReadAttribute<T> =>
  (value, where) => {
    if (value === wanted) return wanted;
    throw new SequiturError({
      where,
      expected: `${showValue(wanted)}, the only supported value`,
      got: showValue(value),
    });
  };

/** Any value. */
export const anything: ReadAttribute<Json> = (value) => value;

/** Without the entries that are undefined: for options that are only given where they are known. */
export function defined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
