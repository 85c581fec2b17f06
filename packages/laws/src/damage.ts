import type { Random } from '@sequitur/core';

/** Files of a folder by name. */
export type FolderFiles = ReadonlyMap<string, Uint8Array>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A file with a few bytes flipped, set, cut, repeated, or taken from elsewhere in it. */
export function damageBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let found: Uint8Array = bytes.slice();
  for (let edits = 1 + random.integer(4); edits > 0; edits--) found = damageOnce(found, random);
  return found;
}

function damageOnce(bytes: Uint8Array, random: Random): Uint8Array {
  const { length } = bytes;
  if (length === 0) return Uint8Array.of(random.integer(256));
  // Headers matter more than the bytes after them.
  const place = random.uniform() < 0.5 ? random.integer(Math.min(length, 64)) : random.integer(length);
  const count = Math.min(length - place, 1 + random.integer(40));
  switch (random.integer(7)) {
    case 0:
      bytes[place]! ^= 1 << random.integer(8);
      return bytes;
    case 1:
      bytes[place] = pick(random, [0, 1, 0x7f, 0x80, 0xff, random.integer(256)]);
      return bytes;
    case 2:
      return bytes.slice(0, place);
    case 3:
      return joined(bytes.subarray(0, place), bytes.subarray(place + count));
    case 4:
      return joined(bytes.subarray(0, place + count), bytes.subarray(place));
    case 5: {
      const from = random.integer(length);
      return joined(bytes.subarray(0, place), bytes.subarray(from, from + count), bytes.subarray(place));
    }
    default:
      return joined(
        bytes.subarray(0, place),
        Uint8Array.from({ length: count }, () => random.integer(256)),
        bytes.subarray(place + count),
      );
  }
}

/** A JSON file with values of other types, sizes and depths, or with names of Object.prototype; or damaged as bytes. */
export function damageJson(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.uniform() < 0.2) return damageBytes(bytes, random);
  // Python writes Infinity into JSON.
  let value: unknown = JSON.parse(decoder.decode(bytes).replace(/(?<=[[,:\s])-?Infinity/g, '1e308'));
  for (let edits = 1 + random.integer(3); edits > 0; edits--) value = changed(value, random, 0);
  const text = JSON.stringify(value) ?? 'undefined';
  return encoder.encode(random.uniform() < 0.1 ? twice(text, random) : text);
}

/** A safetensors file whose header is damaged as JSON, with its length adjusted; or damaged as bytes. */
export function damageSafetensors(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.uniform() < 0.4) return damageBytes(bytes, random);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  const header = damageJson(bytes.subarray(8, 8 + length), random);
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(header.length), true);
  return joined(size, header, bytes.subarray(8 + length));
}

/** A deep copy of a JSON value, or of a tree with typed arrays, with one change. */
export function changed(value: unknown, random: Random, depth: number): unknown {
  const isTree = typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
  if (!isTree || depth > 8 || random.uniform() < 0.1) return other(value, random);
  const keys = Object.keys(value);
  const copy = Array.isArray(value) ? [...value] : Object.defineProperties({}, Object.getOwnPropertyDescriptors(value));
  const names = Array.isArray(value) ? STRANGE_NAMES.filter((name) => name !== 'length') : STRANGE_NAMES;
  const key = keys.length && random.uniform() < 0.85 ? pick(random, keys) : pick(random, names);
  const set = (name: string, content: unknown) =>
    Object.defineProperty(copy, name, { value: content, enumerable: true, configurable: true, writable: true });
  if (!Object.hasOwn(value, key)) set(key, junk(random));
  else if (random.uniform() < 0.12) delete (copy as Record<string, unknown>)[key];
  else if (random.uniform() < 0.1 && keys.length > 1) set(key, (value as Record<string, unknown>)[pick(random, keys)]);
  else set(key, changed((value as Record<string, unknown>)[key], random, depth + 1));
  return copy;
}

/** Names that every object inherits, and those of indices. */
const STRANGE_NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  '0',
  '',
  'x'.repeat(300),
];

function other(value: unknown, random: Random): unknown {
  if (typeof value === 'number' && random.uniform() < 0.6) {
    return pick(random, [
      -value,
      value + 1,
      value - 1,
      value * 2,
      value / 3,
      value * 1e6,
      2 ** 31,
      2 ** 53,
      1e308,
      -1,
      0,
      0.5,
    ]);
  }
  if (typeof value === 'string' && random.uniform() < 0.5) {
    return pick(random, [
      '',
      `${value}x`,
      value.slice(1),
      value.toUpperCase(),
      value.repeat(200),
      '\u0000',
      '../../x',
      '\ud800',
      '{{ x }}',
      '🙂',
    ]);
  }
  if (typeof value === 'boolean' && random.uniform() < 0.5) return !value;
  return junk(random);
}

function junk(random: Random): unknown {
  return pick<() => unknown>(random, [
    ...[
      () => null,
      () => true,
      () => false,
      () => 0,
      () => -1,
      () => 1.5,
      () => 1e9,
      () => 2 ** 32,
      () => -(2 ** 53),
      () => 1e308,
    ],
    ...[() => '', () => 'x', () => '__proto__', () => '1', () => 'a'.repeat(5000), () => 'NaN', () => 'Infinity'],
    ...[() => [], () => ({}), () => [[]], () => [null], () => [1, 2, 3], () => ({ a: 1 }), () => ({ length: 1e9 })],
    ...[() => nested(150), () => nested(3000), () => new Array(3000).fill(0), () => ({ __float__: 'Infinity' })],
  ])();
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { a: value };
  return value;
}

/** The text of an object with one of its names given twice. */
function twice(text: string, random: Random): string {
  const names = [...text.matchAll(/"([^"\\]+)":/g)];
  if (names.length === 0) return text;
  const name = pick(random, names)[1];
  return text.replace('{', `{"${name}": ${pick(random, ['null', '1e999', '"x"', '[]', '-0', '{}'])}, `);
}

export function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.integer(values.length)]!;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
