import { Random } from '@sequitur/core';

export type Split = 'training' | 'validation' | 'test';

/**
 * The split of an example by the hash of its key: independent of the other data, and no key is in two splits.
 *
 * @param shares fractions of validation and test, 0 to 1
 */
export function splitOf(key: string, shares: { readonly validation: number; readonly test: number }): Split {
  const place = Random.fromSeed(`split ${key}`).uniform();
  if (place < shares.test) return 'test';
  return place < shares.test + shares.validation ? 'validation' : 'training';
}

/** Splits items by the hash of their keys. */
export function splitByHash<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => string,
  shares: { readonly validation: number; readonly test: number },
): Record<Split, Item[]> {
  const splits: Record<Split, Item[]> = { training: [], validation: [], test: [] };
  for (const item of items) splits[splitOf(keyOf(item), shares)].push(item);
  return splits;
}
