const MOST_CHARACTERS = 200;

/**
 * A value of any kind for an error message: JSON where it is plain data, else its class, in at most 200 characters.
 * Never throws.
 */
export function showValue(value: unknown): string {
  return shorten(describe(value));
}

/** A string shortened to at most 200 characters, with the number of omitted ones. */
export function shorten(text: string, most = MOST_CHARACTERS): string {
  if (text.length <= most) return text;
  const rest = `… (${text.length} characters)`;
  return text.slice(0, most - rest.length) + rest;
}

function describe(value: unknown): string {
  if (typeof value === 'function') return value.name ? `the function ${value.name}` : 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MOST_CHARACTERS));
  if (typeof value !== 'object' || value === null) return String(value);
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name} of ${value.byteLength} bytes`;
  if (!isPlainObject(value)) return `a ${value.constructor?.name || 'object'}`;
  try {
    return JSON.stringify(value, (_key, item) => (isPlainJson(item) ? item : describe(item)));
  } catch {
    return Array.isArray(value) ? `a list of ${value.length}` : 'an object'; // cyclic, or nested too deeply
  }
}

/** Numbers that JSON cannot represent, functions and class instances are described instead. */
function isPlainJson(item: unknown): boolean {
  if (typeof item === 'number') return Number.isFinite(item);
  if (typeof item !== 'object' || item === null) return typeof item !== 'function' && typeof item !== 'bigint';
  return isPlainObject(item);
}

function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}
