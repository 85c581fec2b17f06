import type { TensorToWrite } from '../safetensors/writer.js';
import { PACKED, SCALE, SHAPE } from './compressed-tensors.js';
import { type PackedBits, packRows } from './packed.js';

/** Values of a matrix as integers times scales, by element. */
export interface ScaledIntegers {
  readonly values: Float32Array;
  readonly scales: Float32Array;
}

/** Number of elements that share a scale in 4 bits. In 8 bits whole rows, or columns, share one. */
export const GROUP_SIZE = 32;

/**
 * The tensors of a quantized weight in the format `pack-quantized` of compressed-tensors.
 *
 * @param weight its name in the checkpoint, which ends in `weight`
 * @param isTransposed whether groups are parts of columns, as where the checkpoint stores a weight transposed
 */
export function packedTensors(
  weight: string,
  [rows, columns]: readonly [number, number],
  {
    bits,
    isTransposed,
    read,
  }: { readonly bits: PackedBits; readonly isTransposed: boolean; read(): Promise<ScaledIntegers> },
): TensorToWrite[] {
  const module = weight.slice(0, -'weight'.length);
  const size = bits === 4 ? GROUP_SIZE : Number.POSITIVE_INFINITY;
  const groups = (length: number) => (bits === 4 ? Math.ceil(length / GROUP_SIZE) : 1);
  const scaleShape = isTransposed ? [groups(rows), columns] : [rows, groups(columns)];
  let whole: Promise<ScaledIntegers> | null = null; // read once for both tensors, which are written one after another
  return [
    {
      ...{ name: module + PACKED, dtype: 'I32', shape: [rows, Math.ceil((columns * bits) / 32)] },
      values: async () => {
        whole = read();
        return packRows(integersOf(await whole, bits), columns, bits);
      },
    },
    {
      ...{ name: module + SCALE, dtype: 'F32', shape: scaleShape },
      values: async () => {
        const { scales } = await (whole ?? read());
        whole = null;
        const first = (group: number) => (size === Number.POSITIVE_INFINITY ? 0 : group * size);
        return Float32Array.from({ length: scaleShape[0]! * scaleShape[1]! }, (_, i) => {
          const [row, column] = [Math.floor(i / scaleShape[1]!), i % scaleShape[1]!];
          return scales[isTransposed ? first(row) * columns + column : row * columns + first(column)]!;
        });
      },
    },
    {
      name: module + SHAPE,
      dtype: 'I64',
      shape: [2],
      values: async () => BigInt64Array.of(BigInt(rows), BigInt(columns)),
    },
  ];
}

/** Unsigned integers, with half of the range added. */
function integersOf({ values, scales }: ScaledIntegers, bits: PackedBits): Uint8Array {
  const middle = 2 ** (bits - 1);
  return Uint8Array.from(values, (value, i) => (scales[i] === 0 ? 0 : Math.round(value / scales[i]!)) + middle);
}
