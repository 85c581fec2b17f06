import { option } from '@sequitur/core';

const METHODS = ['read', 'replace', 'append'] as const;

/** A path, or a `LogFile`. */
export const logPlace = option.kind('a path, or an object with read, replace and append', (value) => {
  if (typeof value === 'string') return value !== '';
  if (typeof value !== 'object' || value === null) return false;
  return METHODS.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
});
