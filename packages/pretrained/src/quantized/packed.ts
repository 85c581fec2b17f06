import { SequiturError, showShape } from '@sequitur/core';
import type { StoredWeights } from '../safetensors/checkpoint.js';
import type { StoredTensor } from '../safetensors/reader.js';

/** The bits of unsigned integers that share 32-bit words. */
export type PackedBits = 4 | 8;

/** The places of eight 4-bit (four 8-bit) integers within a word, from the lowest bits on. */
export type WordOrder = readonly number[];

const IN_ORDER: WordOrder = [0, 1, 2, 3, 4, 5, 6, 7];

/**
 * Unpacks a matrix of words, each of which holds neighbouring integers of a row.
 *
 * @param words [rows, words per row]
 * @param order place in the word -> place among the neighbours
 * @returns [rows, words per row · 32 / bits], without sign
 */
export function unpackRows(words: Int32Array, bits: PackedBits, order: WordOrder = IN_ORDER): Uint8Array {
  const perWord = 32 / bits;
  const mask = 2 ** bits - 1;
  const unpacked = new Uint8Array(words.length * perWord);
  for (let i = 0; i < words.length; i++) {
    for (let j = 0; j < perWord; j++) unpacked[i * perWord + order[j]!] = (words[i]! >>> (j * bits)) & mask;
  }
  return unpacked;
}

/** Packs rows of unsigned integers; the last word of a row is filled with zeros. @returns [rows, words per row] */
export function packRows(integers: Uint8Array, columns: number, bits: PackedBits): Int32Array {
  const perWord = 32 / bits;
  const perRow = Math.ceil(columns / perWord);
  const rows = integers.length / columns;
  const words = new Int32Array(rows * perRow);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      words[r * perRow + Math.floor(c / perWord)]! |= integers[r * columns + c]! << ((c % perWord) * bits);
    }
  }
  return words;
}

/** The words of a tensor. @throws SequiturError where it has another dtype */
export function wordsOf({ dtype, values }: StoredTensor, where: string): Int32Array {
  if (values instanceof Int32Array) return values;
  throw new SequiturError({ where, expected: 'packed integers in I32', got: dtype });
}

/** Float values of a tensor. @throws SequiturError where it has another dtype or is not finite */
export function scalesOf({ dtype, values }: StoredTensor, where: string): Float32Array {
  if (!(values instanceof Float32Array))
    throw new SequiturError({ where, expected: 'scales in F32, F16 or BF16', got: dtype });
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad === undefined) return values;
  throw new SequiturError({ where, expected: 'finite scales', got: String(bad) });
}

/** @throws SequiturError where a part of a weight has another shape */
export function expectShape(part: string, { shape }: StoredTensor, expected: readonly number[], where: string): void {
  if (showShape(shape) === showShape(expected)) return;
  throw new SequiturError({ where: `${where}, ${part}`, expected: showShape(expected), got: showShape(shape) });
}

/** Weights of a matrix [rows, columns] as those of its transpose. */
export function transposeWeights(weights: StoredWeights, rows: number, columns: number): StoredWeights {
  const turned = (values: Float32Array) => values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);
  return { ...weights, values: turned(weights.values), scales: weights.scales && turned(weights.scales) };
}
