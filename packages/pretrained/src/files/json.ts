import { checkArgument, option, SequiturError, shorten } from '@sequitur/core';

/**
 * The value of a JSON text; a fault in it is one SequiturError. Takes what Python writes beyond the standard: the numbers
 * Infinity and -Infinity.
 */
export function parseJson(text: string, where: string): unknown {
  checkArgument(where, option.text, text);
  checkDepth(text, where);
  try {
    return JSON.parse(text.includes('Infinity') ? text.replace(STRING_OR_INFINITY, readable) : text);
  } catch (error) {
    throw new SequiturError({ where, expected: 'JSON', got: shorten((error as Error).message) });
  }
}

/** Files of models nest a dozen lists and objects; what walks thousands of them would run out of stack. */
const DEEPEST = 100;

function checkDepth(text: string, where: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === LIST || code === OBJECT) depth++;
    else if (code === LIST + 2 || code === OBJECT + 2) depth--;
    if (depth > DEEPEST) {
      throw new SequiturError({
        where,
        expected: `at most ${DEEPEST} lists and objects within each other`,
        got: 'more',
      });
    }
  }
}

/** `"`, `\\`, `[` and `{`; what closes a bracket is two further. */
const [QUOTE, BACKSLASH, LIST, OBJECT] = [0x22, 0x5c, 0x5b, 0x7b];

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}

/** A whole string is matched first, so that the word inside one is left alone. */
const STRING_OR_INFINITY = /"(?:[^"\\]|\\.)*"|Infinity/g;

/** JSON reads a number beyond its range as infinite. */
function readable(found: string): string {
  return found === 'Infinity' ? '1e999' : found;
}

/**
 * A value as JSON text, indented as Python does, infinite numbers as Python spells them.
 *
 * @param floats names below which whole numbers get a decimal point, since Python takes no integers there
 */
export function stringifyJson(value: unknown, floats: ReadonlySet<string> = NONE): string {
  const mark = (item: unknown, isFloat: boolean): unknown => {
    if (isInfinite(item)) return `\0${item}`;
    if (!isFloat) return item;
    return Array.isArray(item)
      ? item.map((each) => mark(each, true))
      : Number.isSafeInteger(item)
        ? `\0${item}.0`
        : item;
  };
  const marked = JSON.stringify(value, (name, item) => mark(item, floats.has(name)), 2);
  return `${marked.replace(/"\\u0000(-?(?:Infinity|\d+\.0))"/g, '$1')}\n`;
}

const NONE: ReadonlySet<string> = new Set();

function isInfinite(item: unknown): boolean {
  return item === Number.POSITIVE_INFINITY || item === Number.NEGATIVE_INFINITY;
}
