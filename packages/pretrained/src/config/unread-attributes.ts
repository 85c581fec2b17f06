import type { Json } from '@sequitur/core';
import { computingAttribute } from './computing-attributes.js';
import { isInert } from './inert-attributes.js';

/** Names with values. */
export type UnreadAttributes = readonly (readonly [name: string, value: Json])[];

/** Sorts attributes that were not read. Those known to change nothing, and those that are disabled, are omitted. */
export function sortUnread(
  attributes: UnreadAttributes,
  modelType: string,
): { readonly unsupported: UnreadAttributes; readonly unknown: UnreadAttributes } {
  const relevant = attributes.filter(([name, value]) => !isInert(name, modelType) && !isOff(name, value, modelType));
  const isComputing = ([name]: UnreadAttributes[number]) => computingAttribute(name, modelType) !== undefined;
  return {
    unsupported: relevant.filter(isComputing),
    unknown: relevant.filter((attribute) => !isComputing(attribute)),
  };
}

/** Fixes for these attributes: features to be built, or alternatives. */
export function fixesOf(attributes: UnreadAttributes, modelType: string): string {
  const fixes = new Map<string, string[]>();
  for (const [name, value] of attributes) {
    const fix = fixOf(name, value, modelType);
    fixes.set(fix, [...(fixes.get(fix) ?? []), name]);
  }
  return [...fixes].map(([fix, names]) => `${fix} (${names.slice(0, 5).join(', ')})`).join('; ');
}

function fixOf(name: string, value: Json, modelType: string): string {
  const { fix } = computingAttribute(name, modelType)!;
  const method = typeof value === 'object' && (value as Record<string, Json> | null)?.quant_method;
  return typeof method === 'string' ? fix.replace('quantised', `quantised with ${method.slice(0, 40)}`) : fix;
}

/** Null, false and what is empty ask for nothing; some attributes have further values, or lists of such, that do not. */
function isOff(name: string, value: Json, modelType: string): boolean {
  if (value === null || value === false || value === '') return true;
  const neutral = computingAttribute(name, modelType)?.neutral ?? [];
  if (Array.isArray(value)) return value.every((item) => neutral.includes(item));
  return typeof value === 'object' ? Object.keys(value).length === 0 : neutral.includes(value);
}
