import { type Json, SequiturError } from '@sequitur/core';
import { type FileSource, readText } from './files/file-source.js';

/** Reads one attribute of a configuration, checking its type. */
export type ReadAttribute<T> = (value: Json, where: string) => T;

/**
 * A Hugging Face `config.json`, read attribute by attribute: what is taken is handled, the rest must be ignored by
 * name, and what is neither is refused by name.
 */
export class ConfigReader {
  readonly where: string;
  readonly #values: Readonly<Record<string, Json>>;
  readonly #seen = new Set<string>();

  constructor(values: unknown, where: string) {
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      throw new SequiturError({
        where,
        expected: 'a JSON object',
        got: JSON.stringify(values)?.slice(0, 60) ?? 'nothing',
      });
    }
    this.where = where;
    this.#values = values as Record<string, Json>;
  }

  /** @throws SequiturError where the source has no `config.json`, or none that is a JSON object */
  static async open(source: FileSource): Promise<ConfigReader> {
    const file = await source.open('config.json');
    if (!file) {
      throw new SequiturError({
        where: source.name,
        expected: 'a config.json',
        got: 'none',
        fix: 'Check that this is the folder of a model',
      });
    }
    const text = await readText(file);
    await file.close?.();
    return new ConfigReader(parseJson(text, file.name), file.name);
  }

  /** Whether the attribute stands there, be it null. */
  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  /** The attribute, or `fallback` where it is absent or null. */
  take<T>(name: string, read: ReadAttribute<T>, fallback?: T): T {
    this.#seen.add(name);
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
    if (value !== undefined && value !== null) return read(value, `${this.where}, ${name}`);
    if (fallback !== undefined) return fallback;
    throw new SequiturError({
      where: this.where,
      expected: `an attribute ${name}`,
      got: value === null ? 'null' : 'none',
    });
  }

  /** As `take`, and undefined where the attribute is absent or null. */
  maybe<T>(name: string, read: ReadAttribute<T>): T | undefined {
    this.#seen.add(name);
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
    return value === undefined || value === null ? undefined : read(value, `${this.where}, ${name}`);
  }

  /** @throws SequiturError naming every attribute that was neither taken nor is ignored here */
  finish(ignored: readonly string[]): void {
    const unknown = Object.keys(this.#values).filter((name) => !this.#seen.has(name) && !ignored.includes(name));
    if (unknown.length === 0) return;
    throw new SequiturError({
      where: this.where,
      expected: 'attributes that this architecture knows',
      got: unknown.map((name) => `${name} = ${JSON.stringify(this.#values[name])?.slice(0, 60)}`).join(', '),
      fix: 'Whether they change the model cannot be told: remove them where they do not',
    });
  }
}

export const anInteger =
  (least = 1, most = Number.MAX_SAFE_INTEGER): ReadAttribute<number> =>
  (value, where) => {
    if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
    const expected = `an integer of at least ${least}${most < Number.MAX_SAFE_INTEGER ? ` and at most ${most}` : ''}`;
    throw new SequiturError({ where, expected, got: show(value) });
  };

/** A number of layers, heads or classes, for each of which something is built: few enough for that to end. */
export const aCount = anInteger(1, 10_000);

/** A finite number for which `holds` is true. */
export const aNumber =
  (expected: string, holds: (value: number) => boolean): ReadAttribute<number> =>
  (value, where) => {
    if (typeof value === 'number' && Number.isFinite(value) && holds(value)) return value;
    throw new SequiturError({ where, expected, got: show(value) });
  };

export const aPositive = aNumber('a number above 0', (value) => value > 0);

/** In [0, 1). */
export const aShare = aNumber('a number in [0, 1)', (value) => value >= 0 && value < 1);

export const aBoolean: ReadAttribute<boolean> = (value, where) => {
  if (typeof value === 'boolean') return value;
  throw new SequiturError({ where, expected: 'true or false', got: JSON.stringify(value) });
};

/** As JSON, but infinite numbers by their name. */
function show(value: Json): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** For features that are not there: the attribute may stand, but must be off. */
export const isFalse: ReadAttribute<boolean> = (value, where) => {
  if (value === false) return false;
  throw new SequiturError({ where, expected: 'false, since this is not supported', got: JSON.stringify(value) });
};

export const oneOf =
  <T extends string>(names: readonly T[]): ReadAttribute<T> =>
  (value, where) => {
    if (names.includes(value as T)) return value as T;
    throw new SequiturError({ where, expected: `one of ${names.join(', ')}`, got: JSON.stringify(value) });
  };

export const texts: ReadAttribute<readonly string[]> = (value, where) => {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new SequiturError({ where, expected: 'a list of texts', got: JSON.stringify(value) });
};

/**
 * The value of a JSON text, a fault in it as the one error of ours. Takes what Python writes beyond the standard: the
 * numbers Infinity and -Infinity.
 */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text.includes('Infinity') ? text.replace(STRING_OR_INFINITY, readable) : text);
  } catch (error) {
    throw new SequiturError({ where, expected: 'JSON', got: (error as Error).message });
  }
}

/** A whole string is matched first, so that the word inside one is left alone. */
const STRING_OR_INFINITY = /"(?:[^"\\]|\\.)*"|Infinity/g;

/** JSON reads a number beyond its range as infinite. */
function readable(found: string): string {
  return found === 'Infinity' ? '1e999' : found;
}
