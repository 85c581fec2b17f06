import { type Json, SequiturError } from '@sequitur/core';
import { type FileSource, readText } from '../files/file-source.js';
import { parseJson } from '../files/json.js';
import type { ReadAttribute } from './attributes.js';
import { sortUnread, type UnreadAttributes } from './unread-attributes.js';

export interface ConfigReaderOptions {
  /** Gets one message that names all unknown attributes; default `console.warn`. */
  readonly warn?: ((message: string) => void) | undefined;
  /** Unknown attributes are an error; default false. */
  readonly strict?: boolean | undefined;
}

/**
 * A Hugging Face `config.json`, read attribute by attribute. `finish` checks the attributes that were not read: those
 * known to change nothing pass, those known to change the computation are refused by name, others cause a warning.
 */
export class ConfigReader {
  readonly where: string;
  readonly #values: Readonly<Record<string, Json>>;
  readonly #options: ConfigReaderOptions;
  readonly #seen = new Set<string>();
  readonly #nested = new Map<string, ConfigReader>();

  constructor(values: unknown, where: string, options: ConfigReaderOptions = {}) {
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      throw new SequiturError({
        where,
        expected: 'a JSON object',
        got: JSON.stringify(values)?.slice(0, 60) ?? 'nothing',
      });
    }
    this.where = where;
    this.#values = values as Record<string, Json>;
    this.#options = options;
  }

  /** @throws SequiturError where the source has no `config.json`, or none that is a JSON object */
  static async open(source: FileSource, options: ConfigReaderOptions = {}): Promise<ConfigReader> {
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
    return new ConfigReader(parseJson(text, file.name), file.name, options);
  }

  /** Whether the attribute is present, even as null. */
  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
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
   * @param modelType by which family attributes are known; default what `model_type` says
   * @throws SequiturError naming every attribute that changes the computation, with `strict` every unknown one too
   */
  finish(modelType = String(this.#values.model_type)): void {
    for (const nested of this.#nested.values()) nested.finish(nested.has('model_type') ? undefined : modelType);
    const left = Object.entries(this.#values).filter(([name]) => !this.#seen.has(name));
    const { unsupported, unknown } = sortUnread(left, modelType);
    if (unsupported.length > 0) throw this.#refusal('attributes that this model supports', unsupported);
    if (unknown.length === 0) return;
    if (this.#options.strict) throw this.#refusal('attributes that this model knows', unknown);
    const { warn = console.warn } = this.#options;
    warn(`${this.where}: unknown attributes are not read: ${list(unknown)}. With strict: true they are an error.`);
  }

  #refusal(expected: string, attributes: UnreadAttributes): SequiturError {
    const fix = 'Remove them from config.json only if the model computes the same without them';
    return new SequiturError({ where: this.where, expected, got: list(attributes), fix });
  }
}

function list(attributes: UnreadAttributes): string {
  const shown = attributes.slice(0, 20).map(([name, value]) => `${name} = ${JSON.stringify(value)?.slice(0, 60)}`);
  const rest = attributes.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}
