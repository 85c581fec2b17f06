import { narrowHalf, widenBrainFloat, widenHalf } from '@sequitur/core';

/** The element types of the safetensors format, with their sizes in bytes. */
export const DTYPE_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
} as const;

export type SafetensorsDtype = keyof typeof DTYPE_BYTES;

export type StoredValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

type Decode = (buffer: ArrayBuffer) => StoredValues;

const decoders: Readonly<Record<SafetensorsDtype, Decode>> = {
  BOOL: (buffer) => new Uint8Array(buffer),
  U8: (buffer) => new Uint8Array(buffer),
  I8: (buffer) => new Int8Array(buffer),
  I16: (buffer) => new Int16Array(buffer),
  U16: (buffer) => new Uint16Array(buffer),
  F16: (buffer) => widenHalf(new Uint16Array(buffer)),
  BF16: (buffer) => widenBrainFloat(new Uint16Array(buffer)),
  I32: (buffer) => new Int32Array(buffer),
  U32: (buffer) => new Uint32Array(buffer),
  F32: (buffer) => new Float32Array(buffer),
  F64: (buffer) => new Float64Array(buffer),
  I64: (buffer) => new BigInt64Array(buffer),
  U64: (buffer) => new BigUint64Array(buffer),
};

/** The values of a tensor; half precision is widened to float32 without loss. */
export function decodeValues(dtype: SafetensorsDtype, bytes: Uint8Array): StoredValues {
  const isWhole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  return decoders[dtype]((isWhole ? bytes.buffer : bytes.slice().buffer) as ArrayBuffer);
}

/** The types that weights are stored in. */
export type WeightDtype = 'F32' | 'F16' | 'BF16';

/**
 * The bits of float32 values in another type, rounded to the nearest, ties to even. Infinities and NaN stay what they are.
 *
 * @param where the tensor, for the message
 * @throws SequiturError where a finite value is too large for the type
 */
export function encodeWeights(values: Float32Array, dtype: WeightDtype, where = 'weights'): Float32Array | Uint16Array {
  if (dtype === 'F32') return values;
  return narrowHalf(values, dtype === 'F16' ? 'float16' : 'bfloat16', where);
}
