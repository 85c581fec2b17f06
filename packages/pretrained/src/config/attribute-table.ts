import type { ReadAttribute } from './attributes.js';
import type { ConfigReader } from './config-reader.js';

/**
 * An attribute of `config.json`: its name and kind there; its default in `config.json`, without which it is required;
 * and its default in our config, by default the same.
 */
export type AttributeEntry = readonly [
  name: string,
  // biome-ignore lint/suspicious/noExplicitAny: the kind says the type
  read: ReadAttribute<any>,
  absent?: string | number | boolean,
  unsaid?: string | number | boolean,
];

type ValuesOf<Entries> = {
  readonly [Name in keyof Entries]: Entries[Name] extends readonly [string, ReadAttribute<infer T>, ...unknown[]]
    ? T
    : never;
};

/** Attributes of `config.json` that are read and written by the same entries. */
export interface AttributeTable<Values> {
  /** @param defaults in place of those of the table */
  read(json: ConfigReader, defaults?: { readonly [Name in keyof Values]?: Values[Name] }): Values;
  write(config: { readonly [Name in keyof Values]?: Values[Name] | undefined }): Record<string, unknown>;
}

/** A table of attributes by their names in our config. */
export function attributeTable<const Entries extends Readonly<Record<string, AttributeEntry>>>(
  entries: Entries,
): AttributeTable<ValuesOf<Entries>> {
  const list = Object.entries(entries);
  return {
    read: (json, defaults = {}) =>
      Object.fromEntries(
        list.map(([ours, [name, read, absent]]) => [
          ours,
          json.take(name, read, defaults[ours as keyof Entries] ?? absent),
        ]),
      ) as ValuesOf<Entries>,
    write: (config) =>
      Object.fromEntries(
        list.map(([ours, [name, , absent, unsaid = absent]]) => [name, config[ours as keyof Entries] ?? unsaid]),
      ),
  };
}
