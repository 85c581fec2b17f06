import { activationNames, type Json } from '@sequitur/core';
import type { Attribute, AttributeTable, PartialConfig } from './attribute-table.js';
import { aBoolean, aCount, anInteger, aPositive, aShare, oneOf, only, type ReadAttribute } from './attributes.js';
import type { ConfigReader } from './config-reader.js';

/** A name in `config.json`; of several the first that is given counts, and the last is written. */
type Name = string | readonly string[];

/** A default: a value, or a function of the attributes before this one. */
type Default<T> = T | ((known: PartialConfig) => T);

/**
 * An attribute of any kind.
 *
 * @param absent the value where `config.json` has none; without it the attribute is required
 * @param unsaid what is written where our config has no value; default `absent`
 */
export function of<T>(
  name: Name,
  kind: ReadAttribute<T>,
  absent?: Default<T>,
  unsaid: Default<T | null> | undefined = absent,
): Attribute<T> {
  const names = [name].flat();
  const written = names.at(-1)!;
  return {
    read: (json, known) => firstGiven(json, names, kind) ?? json.take(written, kind, resolved(absent, known)),
    write: (value, config) => ({ [written]: value ?? resolved(unsaid, config) }),
  };
}

/** A maker of attributes of one kind, by name and defaults. */
const ofKind =
  <T>(kind: ReadAttribute<T>) =>
  (name: Name, absent?: Default<T>, unsaid?: Default<T | null>): Attribute<T> =>
    of(name, kind, absent, unsaid);

/** An integer of at least 1. */
export const integer = ofKind(anInteger());
/** An integer of at least 0. */
export const natural = ofKind(anInteger(0));
/** A number of layers, heads or experts. */
export const count = ofKind(aCount);
/** A number above 0. */
export const positive = ofKind(aPositive);
/** A number in [0, 1). */
export const share = ofKind(aShare);
/** True or false. */
export const flag = ofKind(aBoolean);
/** The name of an activation. */
export const activation = ofKind<string>(oneOf(activationNames));

/** A dropout rate, by default 0 in our config, regardless of the default of Python's class. */
export function dropout(name: Name, absent = 0): Attribute<number> {
  return of(name, aShare, absent, 0);
}

/** An attribute that is written only where it has a value. */
export function optional<T>(
  name: string,
  kind: ReadAttribute<T>,
  absent?: T,
  unsaid?: Default<T | undefined>,
): Attribute<T | undefined> {
  return {
    read: (json) => json.maybe(name, kind) ?? absent,
    write: (value, config) => {
      const written = value ?? resolved(unsaid, config);
      return written === undefined ? {} : { [name]: written };
    },
  };
}

/** An attribute that null switches off: the default of the class holds only where `config.json` does not name it. */
export function nullable<T>(name: string, kind: ReadAttribute<T>, absent?: T): Attribute<T | undefined> {
  return {
    read: (json) => (json.has(name) ? json.maybe(name, kind) : absent),
    write: (value) => ({ [name]: value ?? null }),
  };
}

/**
 * An attribute whose values are spelled otherwise in our config: `{ cls: 'first', mean: 'mean' }`.
 *
 * @param absent as `config.json` spells it
 */
export function spelled<T>(name: string, spellings: Readonly<Record<string, T>>, absent: string): Attribute<T> {
  const nameOf = (value: T) => Object.keys(spellings).find((spelling) => spellings[spelling] === value);
  return {
    read: (json) => spellings[json.take(name, oneOf(Object.keys(spellings)), absent)]!,
    write: (value) => ({ [name]: value === undefined ? absent : nameOf(value) }),
  };
}

/** A flag that is true where ours is false. */
export function inverted(name: string, absent: boolean): Attribute<boolean> {
  return {
    read: (json) => !json.take(name, aBoolean, absent),
    write: (value = !absent) => ({ [name]: !value }),
  };
}

/** A constant of the class, which is not an attribute of `config.json`. */
export function settled<T>(value: T): Attribute<T> {
  return { read: () => value, write: () => ({}) };
}

/** Additional attributes to save, for Python's classes or in place of ones written before. */
export function written<Config extends object>(
  write: (config: Config) => Readonly<Record<string, unknown>>,
): AttributeTable<Config> {
  return { read: () => ({}) as Config, write };
}

/** Attributes of which one value is supported, which is also that of the class. */
export function fixed(values: Readonly<Record<string, Json>>, { written = true } = {}): AttributeTable<object> {
  return {
    read: (json) => {
      for (const [name, value] of Object.entries(values)) json.take(name, only(value), value);
      return {};
    },
    write: () => (written ? values : {}),
  };
}

function firstGiven<T>(json: ConfigReader, names: readonly string[], kind: ReadAttribute<T>): T | undefined {
  return names.map((name) => json.maybe(name, kind)).find((value) => value !== undefined);
}

function resolved<T>(value: Default<T>, known: PartialConfig): T {
  return typeof value === 'function' ? (value as (known: PartialConfig) => T)(known) : value;
}
