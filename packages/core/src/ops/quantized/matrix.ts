import type { Tensor2D } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { narrowHalf, widenBrainFloat, widenHalf } from '../../half-precision.js';

/**
 * How the elements of a quantized matrix are stored:
 * - `bfloat16`, `float16`: rounded to the nearest;
 * - `int8`: q · scale with q from -128 to 127 and one scale per row, by default the largest magnitude / 127;
 * - `int4`: q · scale with q from -8 to 7 and one scale per 32 elements of a row, by default the element of largest
 *   magnitude / -8.
 */
export type QuantizedFormat = 'bfloat16' | 'float16' | 'int8' | 'int4';

export const QUANTIZED_FORMATS: readonly QuantizedFormat[] = ['bfloat16', 'float16', 'int8', 'int4'];

/** A matrix whose rows are quantized independently, each padded with zeros to whole groups of 32 elements. */
export interface QuantizedMatrix {
  readonly format: QuantizedFormat;
  readonly rows: number;
  readonly columns: number;
  /** Int32 [rows, words per row]: the bits, in little-endian order. */
  readonly words: Tensor2D;
  /** Float32 [rows, scales per row]; [1, 1], holding 1, where the format has none. */
  readonly scales: Tensor2D;
}

/** The bits of a quantized matrix on the host, row by row. */
export interface QuantizedBits {
  readonly words: Int32Array;
  readonly scales: Float32Array;
}

/** Elements that share words: rows are padded to a multiple of it. */
export const GROUP = 32;

export const BITS = { bfloat16: 16, float16: 16, int8: 8, int4: 4 } as const;

/** 32-bit words of one row. */
export function wordsPerRow(format: QuantizedFormat, columns: number): number {
  return Math.ceil(columns / GROUP) * BITS[format];
}

/** Scales of one row. */
export function scalesPerRow(format: QuantizedFormat, columns: number): number {
  if (format === 'int4') return Math.ceil(columns / GROUP);
  return format === 'int8' ? 1 : 0;
}

export interface QuantizeRowsOptions {
  /** The matrix, for messages. */
  readonly where?: string | undefined;
  /**
   * For each element the scale by which a checkpoint stores it as an integer. Integer formats then store the same integer,
   * without rounding, wherever a group has a single scale.
   */
  readonly scales?: Float32Array | undefined;
}

/**
 * Quantizes a matrix.
 *
 * @param values float32 [rows, columns]
 * @throws SequiturError where a value is not finite, or too large for float16
 */
export function quantizeRows(
  format: QuantizedFormat,
  values: Float32Array,
  columns: number,
  { where = 'a quantized matrix', scales: stored }: QuantizeRowsOptions = {},
): QuantizedBits {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new SequiturError({ where, expected: 'finite values', got: `${values[bad]} at index ${bad}` });
  }
  const rows = values.length / columns;
  const padded = Math.ceil(columns / GROUP) * GROUP;
  const scales = new Float32Array(Math.max(1, rows * scalesPerRow(format, columns))).fill(1);
  const bytes = new Uint8Array(rows * wordsPerRow(format, columns) * 4);
  const row = new Float32Array(padded);
  for (let r = 0; r < rows; r++) {
    row.set(values.subarray(r * columns, (r + 1) * columns));
    const known = stored?.subarray(r * columns, (r + 1) * columns);
    const to = bytes.subarray((r * padded * BITS[format]) / 8, ((r + 1) * padded * BITS[format]) / 8);
    if (format === 'int8') scales[r] = quantizeInt8(row, to, known);
    else if (format === 'int4') quantizeInt4(row, to, scales.subarray((r * padded) / GROUP), known);
    else to.set(new Uint8Array(narrowHalf(row, format, where).buffer));
  }
  return { words: new Int32Array(bytes.buffer), scales };
}

/** Returns the scale. */
function quantizeInt8(row: Float32Array, to: Uint8Array, known?: Float32Array): number {
  const stored = commonScale(row, known, [-128, 127]);
  const scale = stored ?? Math.fround(Math.abs(largestOf(row)) / 127);
  const least = stored === undefined ? -127 : -128;
  for (let i = 0; i < row.length; i++) to[i] = scale === 0 ? 0 : clamp(Math.round(row[i]! / scale), least, 127);
  return scale;
}

/** Byte j of a group holds element j in its low half and element j + 16 in its high half, each as q + 8. */
function quantizeInt4(row: Float32Array, to: Uint8Array, scales: Float32Array, known?: Float32Array): void {
  const half = GROUP / 2;
  for (let g = 0; g * GROUP < row.length; g++) {
    const group = row.subarray(g * GROUP, (g + 1) * GROUP);
    const stored = commonScale(group, known?.subarray(g * GROUP, (g + 1) * GROUP), [-8, 7]);
    const scale = stored ?? Math.fround(largestOf(group) / -8);
    for (let j = 0; j < half; j++) {
      to[g * half + j] = biased(group[j]!, scale) | (biased(group[j + half]!, scale) << 4);
    }
    scales[g] = scale;
  }
}

function biased(value: number, scale: number): number {
  return scale === 0 ? 8 : clamp(Math.round(value / scale), -8, 7) + 8;
}

/** The element of largest magnitude, the first of several. */
function largestOf(values: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]!) > Math.abs(largest)) largest = values[i]!;
  return largest;
}

/** The scale of all elements, if each is an integer of the range times it. @param known shorter where values are padded */
function commonScale(
  values: Float32Array,
  known: Float32Array | undefined,
  [least, most]: readonly [number, number],
): number | undefined {
  const scale = known?.[0];
  if (scale === undefined || !known!.every((other) => other === scale)) return undefined;
  const isInteger = (value: number) => {
    const q = scale === 0 ? 0 : Math.round(value / scale);
    return q >= least && q <= most && Math.fround(q * scale) === value;
  };
  return values.every(isInteger) ? scale : undefined;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** The values of some quantized rows: float32 [rows, columns]. */
export function dequantizeRows(
  format: QuantizedFormat,
  { words, scales }: QuantizedBits,
  columns: number,
): Float32Array {
  const perRow = wordsPerRow(format, columns);
  const rows = words.length / perRow;
  const values = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    const row = words.slice(r * perRow, (r + 1) * perRow);
    const ofRow = scales.subarray(r * scalesPerRow(format, columns));
    values.set(dequantizeRow(format, row, ofRow).subarray(0, columns), r * columns);
  }
  return values;
}

/** The scale of each element of some quantized rows: float32 [rows, columns]. */
export function expandScales(format: 'int8' | 'int4', { words, scales }: QuantizedBits, columns: number): Float32Array {
  const rows = words.length / wordsPerRow(format, columns);
  const perRow = scalesPerRow(format, columns);
  const size = format === 'int8' ? columns : GROUP;
  const scaleAt = (i: number) => scales[Math.floor(i / columns) * perRow + Math.floor((i % columns) / size)]!;
  return Float32Array.from({ length: rows * columns }, (_, i) => scaleAt(i));
}

function dequantizeRow(format: QuantizedFormat, words: Int32Array, scales: Float32Array): Float32Array {
  if (format === 'bfloat16') return widenBrainFloat(new Uint16Array(words.buffer));
  if (format === 'float16') return widenHalf(new Uint16Array(words.buffer));
  if (format === 'int8') return Float32Array.from(new Int8Array(words.buffer), (q) => q * scales[0]!);
  const bytes = new Uint8Array(words.buffer);
  return Float32Array.from({ length: 2 * bytes.length }, (_, i) => {
    const [group, within] = [Math.floor(i / GROUP), i % GROUP];
    const byte = bytes[(group * GROUP) / 2 + (within % (GROUP / 2))]!;
    return ((within < GROUP / 2 ? byte & 15 : byte >> 4) - 8) * scales[group]!;
  });
}
