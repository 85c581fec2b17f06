import { type Json, SequiturError, shorten, showValue } from '@sequitur/core';
import { absenceOf, type FileSource, readText } from '../files/file-source.js';
import { parseJson } from '../files/json.js';
import { checkSource } from '../files/location.js';
import type { ReadAttribute } from './attributes.js';
import { fixesOf, sortUnread, type UnreadAttributes } from './unread-attributes.js';

export interface ConfigReaderOptions {
  /** Called with one message that names all unknown attributes; default `console.warn`. */
  readonly warn?: ((message: string) => void) | undefined;
  /** Whether unknown attributes are an error; default false. */
  readonly strict?: boolean | undefined;
}

/**
 * A Hugging Face `config.json`, read attribute by attribute. `finish` checks the attributes that were not read: those
 * known to change nothing pass, those known to change the computation are refused by name, others cause a warning.
 */
export class ConfigReader {
  readonly where: string;
  readonly #values: Record<string, Json>;
  readonly #options: ConfigReaderOptions;
  readonly #seen = new Set<string>();
  readonly #nested = new Map<string, ConfigReader>();

  constructor(values: unknown, where: string, options: ConfigReaderOptions = {}) {
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      throw new SequiturError({
        where,
        expected: 'a JSON object',
        got: values === undefined ? 'nothing' : showValue(values),
      });
    }
    this.where = where;
    this.#values = withPlainNumbers(values as Record<string, Json>);
    this.#options = options;
  }

  /** @throws SequiturError where the source has no `config.json`, or none that is a JSON object */
  static async open(source: FileSource, options: ConfigReaderOptions = {}): Promise<ConfigReader> {
    const file = await checkSource('the folder of a model', source).open('config.json');
    if (!file) {
      throw new SequiturError({
        where: source.name,
        expected: 'a config.json',
        got: absenceOf(source, 'config.json'),
        fix: 'Check that this is the folder of a model',
      });
    }
    try {
      return new ConfigReader(parseJson(await readText(file), file.name), file.name, options);
    } finally {
      await file.close?.();
    }
  }

  /** Whether the attribute is present, even as null. */
  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  /**
   * Takes attributes that Python's class knows by a second name: `{ hidden_size: 'n_embd' }`.
   *
   * @throws SequiturError where both names are given with different values
   */
  alias(names: Readonly<Record<string, string>>): void {
    for (const [second, name] of Object.entries(names)) {
      const value = this.has(second) ? this.#values[second] : null;
      if (value === null || value === undefined) continue;
      this.#seen.add(second);
      if (!this.has(name) || this.#values[name] === null) this.#values[name] = value;
      if (this.#values[name] === value) continue;
      throw new SequiturError({
        where: `${this.where}, ${second}`,
        expected: `${showValue(this.#values[name])}, as ${name}, which is another name of the same`,
        got: showValue(value),
      });
    }
  }

  /** The attribute, or `fallback` where it is absent or null. */
  take<T>(name: string, read: ReadAttribute<T>, fallback?: T): T {
    const value = this.maybe(name, read) ?? fallback;
    if (value !== undefined) return value;
    throw new SequiturError({
      where: this.where,
      expected: `an attribute ${name}`,
      got: this.has(name) ? 'null' : 'none',
    });
  }

  /** As `take`, and undefined where the attribute is absent or null. */
  maybe<T>(name: string, read: ReadAttribute<T>): T | undefined {
    this.#seen.add(name);
    const value = this.has(name) ? this.#values[name] : undefined;
    return value === undefined || value === null ? undefined : read(value, `${this.where}, ${name}`);
  }

  /** The nested config, which `finish` checks too; `fallback` where the attribute is absent or null. */
  nested(name: string, fallback?: object): ConfigReader {
    const opened = this.#nested.get(name);
    if (opened) return opened;
    const values = this.take<unknown>(name, (value) => value, fallback);
    const reader = new ConfigReader(values, `${this.where}, ${name}`, this.#options);
    this.#nested.set(name, reader);
    return reader;
  }

  /**
   * Checks every attribute that was not read: the one place where attributes pass, are refused or cause a warning.
   *
   * @param modelType the family by which attributes are known; default the value of `model_type`
   * @throws SequiturError naming every attribute that changes the computation, with `strict` every unknown one too
   */
  finish(modelType = String(this.#values.model_type)): void {
    for (const nested of this.#nested.values()) nested.finish(nested.has('model_type') ? undefined : modelType);
    const left = Object.entries(this.#values).filter(([name]) => !this.#seen.has(name));
    const { unsupported, unknown } = sortUnread(left, modelType);
    if (unsupported.length > 0) {
      throw this.#refusal('attributes that this model supports', unsupported, fixesOf(unsupported, modelType));
    }
    if (unknown.length === 0) return;
    if (this.#options.strict) {
      const fix = 'Remove them from the file only if the model computes the same without them';
      throw this.#refusal('attributes that this model knows', unknown, fix);
    }
    const { warn = console.warn } = this.#options;
    warn(`${this.where}: unknown attributes are not read: ${list(unknown)}. With strict: true they are an error.`);
  }

  #refusal(expected: string, attributes: UnreadAttributes, fix: string): SequiturError {
    return new SequiturError({ where: this.where, expected, got: list(attributes), fix });
  }
}

function list(attributes: UnreadAttributes): string {
  const shown = attributes
    .slice(0, 20)
    .map(([name, value]) => `${shorten(name, 80)} = ${shorten(showValue(value), 80)}`);
  const rest = attributes.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

/** The values with plain numbers; newer files spell infinite ones as `{"__float__": "Infinity"}`. */
function withPlainNumbers(values: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(value)]));
}

function plain(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.some((item) => typeof item === 'object') ? value.map(plain) : value;
  const { __float__: spelled, ...rest } = value as Record<string, Json>;
  if (typeof spelled === 'string' && Object.keys(rest).length === 0) return Number(spelled);
  return withPlainNumbers(value as Record<string, Json>);
}
