import type { BlockSpec, ModelSpec, Setting } from '../protocol/recipe.js';
import type { Architecture, Family, Field, Settings } from './architecture.js';
import { architectures } from './list.js';

export type { Architecture, Family, Field, Settings } from './architecture.js';
export { architectures } from './list.js';
export { presets, specOf } from './presets.js';

const byKind = new Map(architectures.map((architecture) => [architecture.kind, architecture]));

/**
 * The entry of a kind.
 * @throws if a link or file names an unknown one
 */
export function architectureOf(kind: string): Architecture {
  const found = byKind.get(kind);
  if (found) return found;
  throw new Error(`There is no architecture '${kind}' here: one of ${[...byKind.keys()].join(', ')}`);
}

/** The family of a model: that of its blocks if they agree, else hybrid. */
export function familyOf({ blocks }: Pick<ModelSpec, 'blocks'>): Family {
  const families = new Set(blocks.map(({ kind, settings }) => architectureOf(kind).family(settings)));
  return families.size === 1 ? [...families][0]! : families.size === 0 ? 'dense' : 'hybrid';
}

/** A setting's value, or its default. */
export function settingOf(field: Field, settings: Settings): Setting {
  return settings[field.name] ?? field.default;
}

/** Every error of a model by its block, with the fix. */
export function faultsOf({ blocks, width }: ModelSpec): readonly { readonly index: number; readonly says: string }[] {
  if (blocks.length === 0) return [{ index: -1, says: 'A model needs at least one block. Add one.' }];
  return blocks.flatMap(({ kind, settings }, index) => {
    const says = architectureOf(kind).fault?.(settings, { width }) ?? outOfRange({ kind, settings });
    return says ? [{ index, says }] : [];
  });
}

function outOfRange({ kind, settings }: BlockSpec): string | null {
  for (const field of architectureOf(kind).fields) {
    if (field.kind !== 'number' || field.when?.(settings) === false) continue;
    const value = Number(settingOf(field, settings));
    const isFine = Number.isInteger(value) && value >= field.minimum && value <= field.maximum;
    if (!isFine) return `${field.label} must be from ${field.minimum} to ${field.maximum}.`;
  }
  return null;
}
