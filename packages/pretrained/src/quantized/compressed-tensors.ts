import { SequiturError, showShape } from '@sequitur/core';
import { dequantizeGroups } from './groups.js';
import { expectShape, type PackedBits, scalesOf, transposeWeights, unpackRows, wordsOf } from './packed.js';
import type { QuantizationScheme } from './scheme.js';

/** Parts of a weight in the format `pack-quantized` of the library compressed-tensors. */
export const PACKED = 'weight_packed';
export const SCALE = 'weight_scale';
export const SHAPE = 'weight_shape';

/**
 * Packed integers of 4 or 8 bits with one scale for each group of a row, each row or the whole weight. Scales of shape
 * [groups, columns] belong to groups of a column: this library writes them where a checkpoint stores a weight transposed.
 *
 * @param groupSizes those that the configuration names; the shape of the scales tells which one a weight has
 */
export function packQuantized(groupSizes: readonly number[]): QuantizationScheme {
  return {
    main: PACKED,
    parts: [PACKED, SCALE, SHAPE],
    shape: (_, read) => read(SHAPE),
    dequantize: ({ [PACKED]: packed, [SCALE]: scale }, shape, where) => {
      const [rows, columns] = shape as [number, number];
      const bits = bitsOf(packed!.shape, columns, where);
      const perRow = Math.ceil((columns * bits) / 32);
      expectShape(PACKED, packed!, [rows, perRow], where);
      const stride = (perRow * 32) / bits;
      const integers = unpackRows(wordsOf(packed!, `${where}, ${PACKED}`), bits);
      const scales = scalesOf(scale!, `${where}, ${SCALE}`);
      const { ofRows, size, count } = groupsOf(scale!.shape, [rows, columns], groupSizes, where);
      const weights = dequantizeGroups({
        ...{ bits, dtype: scale!.dtype, zero: () => 2 ** (bits - 1), group: (input) => Math.floor(input / size) },
        shape: ofRows ? [rows, columns] : [columns, rows],
        integer: (output, input) => integers[ofRows ? output * stride + input : input * stride + output]!,
        scale: (output, group) => scales[ofRows ? (output * count + group) % scales.length : group * columns + output]!,
      });
      return ofRows ? weights : transposeWeights(weights, columns, rows);
    },
  };
}

function bitsOf([, words]: readonly number[], columns: number, where: string): PackedBits {
  const bits = ([4, 8] as const).find((count) => Math.ceil((columns * count) / 32) === words);
  if (bits) return bits;
  const expected = `words of ${columns} integers of 4 or 8 bits`;
  throw new SequiturError({ where: `${where}, ${PACKED}`, expected, got: `${words}` });
}

interface Groups {
  /** Whether a group is a part of a row; else of a column. */
  readonly ofRows: boolean;
  readonly size: number;
  readonly count: number;
}

function groupsOf(
  shape: readonly number[],
  [rows, columns]: readonly [number, number],
  sizes: readonly number[],
  where: string,
): Groups {
  if (shape.length < 2 && shape.every((size) => size === 1)) return { ofRows: true, size: columns, count: 1 };
  const candidates = (length: number) => [...sizes, length].map((size) => ({ size, count: Math.ceil(length / size) }));
  const row = candidates(columns).find(({ count }) => showShape(shape) === showShape([rows, count]));
  if (row) return { ofRows: true, ...row };
  const column = candidates(rows).find(({ count }) => showShape(shape) === showShape([count, columns]));
  if (column) return { ofRows: false, ...column };
  throw new SequiturError({
    where: `${where}, ${SCALE}`,
    expected: `scales of a weight ${showShape([rows, columns])} in groups of ${[...sizes, 'whole rows'].join(' or ')}`,
    got: showShape(shape),
  });
}
