import type { Json } from '@sequitur/core';
import { computingAttributes } from './computing-attributes.js';
import { isInert } from './inert-attributes.js';

/** Names with values. */
export type UnreadAttributes = readonly (readonly [name: string, value: Json])[];

/** Sorts attributes that were not read. Those known to change nothing, and those that are disabled, are omitted. */
export function sortUnread(
  attributes: UnreadAttributes,
  modelType: string,
): { readonly unsupported: UnreadAttributes; readonly unknown: UnreadAttributes } {
  const relevant = attributes.filter(([name, value]) => !isInert(name, modelType) && !isOff(name, value));
  const isComputing = ([name]: UnreadAttributes[number]) => Object.hasOwn(computingAttributes, name);
  return {
    unsupported: relevant.filter(isComputing),
    unknown: relevant.filter((attribute) => !isComputing(attribute)),
  };
}

/** Null, false and what is empty ask for nothing; some attributes have further values, or lists of such, that do not. */
function isOff(name: string, value: Json): boolean {
  if (value === null || value === false || value === '') return true;
  const neutral = Object.hasOwn(computingAttributes, name) ? computingAttributes[name]! : [];
  if (Array.isArray(value)) return value.every((item) => neutral.includes(item));
  return typeof value === 'object' ? Object.keys(value).length === 0 : neutral.includes(value);
}
