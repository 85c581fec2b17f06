import { SequiturError, shorten, showValue } from '@sequitur/core';
import { DTYPE_BYTES, type SafetensorsDtype } from './dtypes.js';

/** The location of a tensor in its file. */
export interface TensorEntry {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** Bytes [start, end) counted from the end of the header. */
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The same bound as the reference implementation in Rust. */
export const MOST_HEADER_BYTES = 100_000_000;

/** The length of the header from the first 8 bytes of a file. */
export function headerLength(prefix: Uint8Array, fileSize: number, file: string): number {
  if (fileSize < 8 || prefix.length < 8) throw corrupt(file, 'at least 8 bytes', `${fileSize}`);
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MOST_HEADER_BYTES))
    throw corrupt(file, `a header of at most ${MOST_HEADER_BYTES} bytes`, `${length}`);
  if (8 + Number(length) > fileSize) {
    throw corrupt(file, `a header of ${length} bytes`, `a file of ${fileSize} bytes`, 'Download the file again');
  }
  return Number(length);
}

/**
 * Reads and checks a header: every entry well formed, and the data filled without hole, overlap or rest.
 *
 * @param dataBytes number of bytes after the header
 * @throws SequiturError naming the file and the entry
 */
export function parseHeader(bytes: Uint8Array, dataBytes: number, file: string): SafetensorsHeader {
  const tensors = new Map<string, TensorEntry>();
  const metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(parseObject(bytes, file))) {
    if (name === '__metadata__') readMetadata(value, metadata, file);
    else tensors.set(name, readEntry(name, value, file));
  }
  checkLayout(tensors, dataBytes, file);
  return { tensors, metadata };
}

function parseObject(bytes: Uint8Array, file: string): Record<string, unknown> {
  if (bytes[0] !== 0x7b) throw corrupt(file, "a header that starts with '{'", `byte ${bytes[0] ?? 'none'}`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const parsed: unknown = JSON.parse(text);
    if (isObject(parsed)) return parsed;
  } catch (error) {
    throw corrupt(file, 'a header of JSON in UTF-8', (error as Error).message);
  }
  throw corrupt(file, 'a header that is a JSON object', 'another value');
}

function readMetadata(value: unknown, into: Map<string, string>, file: string): void {
  if (!isObject(value)) throw corrupt(file, '__metadata__ to be an object', showValue(value));
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw corrupt(file, `text in __metadata__.${shorten(key)}`, showValue(text));
    into.set(key, text);
  }
}

function readEntry(name: string, value: unknown, file: string): TensorEntry {
  const where = `${file}, tensor '${shorten(name)}'`;
  if (!isObject(value)) throw corrupt(where, 'dtype, shape and data_offsets', showValue(value));
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype)) {
    throw corrupt(where, `a dtype of ${Object.keys(DTYPE_BYTES).join(', ')}`, showValue(dtype));
  }
  if (!isCounts(shape)) throw corrupt(where, 'a shape of integers of at least 0', showValue(shape));
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw corrupt(where, 'data_offsets [start, end]', showValue(offsets));
  }
  const [start, end] = offsets as [number, number];
  const bytes = shape.reduce((size, dimension) => size * dimension, DTYPE_BYTES[dtype as SafetensorsDtype]);
  if (end - start !== bytes) throw corrupt(where, `${bytes} bytes for ${dtype} [${shape}]`, `${end - start}`);
  return { dtype: dtype as SafetensorsDtype, shape, start, end };
}

function checkLayout(tensors: ReadonlyMap<string, TensorEntry>, dataBytes: number, file: string): void {
  let position = 0;
  const byStart = [...tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  for (const [name, { start, end }] of byStart) {
    if (start !== position) {
      const fault = start < position ? 'an overlap' : 'a hole';
      throw corrupt(`${file}, tensor '${shorten(name)}'`, `data from byte ${position} on`, `${fault}: byte ${start}`);
    }
    position = end;
  }
  if (position !== dataBytes)
    throw corrupt(file, `${position} bytes of data`, `${dataBytes}`, 'Download the file again');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function corrupt(where: string, expected: string, got: string, fix?: string): SequiturError {
  return new SequiturError({ where, expected, got, ...(fix && { fix }) });
}
