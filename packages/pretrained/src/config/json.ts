import { SequiturError } from '@sequitur/core';

/**
 * The value of a JSON text; a fault in it is one SequiturError. Takes what Python writes beyond the standard: the numbers
 * Infinity and -Infinity.
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

/** A value as JSON text, indented as Python does, infinite numbers as Python spells them. */
export function stringifyJson(value: unknown): string {
  const marked = JSON.stringify(value, (_key, item) => (isInfinite(item) ? `\0${item}` : item), 2);
  return `${marked.replace(/"\\u0000(-?Infinity)"/g, '$1')}\n`;
}

function isInfinite(item: unknown): boolean {
  return item === Number.POSITIVE_INFINITY || item === Number.NEGATIVE_INFINITY;
}
