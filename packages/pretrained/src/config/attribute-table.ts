import { defined } from './attributes.js';
import type { ConfigReader } from './config-reader.js';

/** The attributes of our config that have been read so far. */
// biome-ignore lint/suspicious/noExplicitAny: each attribute knows the type of those that it asks for
export type PartialConfig = Readonly<Record<string, any>>;

/** An attribute of our config, and its form in `config.json`. See `attribute` for the usual kinds. */
export interface Attribute<T> {
  /** @param known the attributes before this one */
  read(json: ConfigReader, known: PartialConfig): T;
  /**
   * The attributes of `config.json`.
   *
   * @param value undefined where it is absent from our config
   */
  write(value: T | undefined, config: PartialConfig): Readonly<Record<string, unknown>>;
}

/** Attributes of `config.json` that are read and written by the same entries. */
export interface AttributeTable<Config extends object> {
  /** @param known attributes that were read before */
  read(json: ConfigReader, known?: PartialConfig): Config;
  write(config: Config): Readonly<Record<string, unknown>>;
}

/** Attributes by their names in our config, or another table: what several families have in common. */
export type AttributePart<Config extends object> =
  | { readonly [Name in keyof Config]?: Attribute<Config[Name] | undefined> }
  | AttributeTable<Partial<Config>>;

/** A table of attributes, in the order in which they are written. Of two that give the same one, the later counts. */
export function attributeTable<Config extends object>(
  ...parts: readonly AttributePart<Config>[]
): AttributeTable<Config> {
  const tables = parts.map((part) => (isTable(part) ? part : tableOf(part as Entries)));
  return {
    read: (json, known = {}) => {
      const values = { ...known };
      for (const table of tables) Object.assign(values, table.read(json, values));
      return values as Config;
    },
    write: (config) => defined(Object.assign({}, ...tables.map((table) => table.write(config as Partial<Config>)))),
  };
}

type Entries = Readonly<Record<string, Attribute<unknown>>>;

function isTable<Config extends object>(part: AttributePart<Config>): part is AttributeTable<Partial<Config>> {
  return 'read' in part && typeof part.read === 'function';
}

function tableOf<Config extends object>(entries: Entries): AttributeTable<Partial<Config>> {
  const list = Object.entries(entries);
  return {
    read: (json, known = {}) => {
      const values: Record<string, unknown> = {};
      for (const [name, attribute] of list) values[name] = attribute.read(json, { ...known, ...values });
      return defined(values) as Partial<Config>;
    },
    write: (config) =>
      Object.assign({}, ...list.map(([name, attribute]) => attribute.write((config as PartialConfig)[name], config))),
  };
}
