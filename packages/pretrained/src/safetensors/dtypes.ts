import { SequiturError } from '@sequitur/core';

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

/** bfloat16 is the upper half of float32. */
function widenBrainFloat(halves: Uint16Array): Float32Array {
  const wide = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) wide[i] = halves[i]! << 16;
  return new Float32Array(wide.buffer);
}

/** IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 bits of fraction. */
function widenHalf(halves: Uint16Array): Float32Array {
  const wide = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) wide[i] = halfToSingleBits(halves[i]!);
  return new Float32Array(wide.buffer);
}

function halfToSingleBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13); // infinity or not a number
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Subnormal: shift the leading one into place, which float32 can hold as a normal number.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | ((fraction << (shift + 13)) & 0x7fffff);
}

/** The types that weights are stored in. */
export type WeightDtype = 'F32' | 'F16' | 'BF16';

/** The bits of the smallest float32 that would be rounded to infinity. */
const OVERFLOW = { F16: 0x477ff000, BF16: 0x7f7f8000 } as const; // 65,520 and 2^128 - 2^119
const INFINITY = 0x7f800000;

/**
 * The bits of float32 numbers in another type, rounded to the nearest, ties to even. Infinite numbers and NaN stay so.
 *
 * @param where the tensor, for the message
 * @throws SequiturError where a finite number is too large for the type
 */
export function encodeWeights(values: Float32Array, dtype: WeightDtype, where = 'weights'): Float32Array | Uint16Array {
  if (dtype === 'F32') return values;
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const narrow = new Uint16Array(values.length);
  const [round, overflow] = [dtype === 'F16' ? singleToHalfBits : singleToBrainBits, OVERFLOW[dtype]];
  for (let i = 0; i < narrow.length; i++) {
    const magnitude = bits[i]! & 0x7fffffff;
    if (magnitude >= overflow && magnitude < INFINITY) throw tooLarge(where, values[i]!, dtype);
    narrow[i] = round(bits[i]!);
  }
  return narrow;
}

function tooLarge(where: string, value: number, dtype: 'F16' | 'BF16'): SequiturError {
  const most = dtype === 'F16' ? '65504' : '3.39e38';
  const fix = dtype === 'F16' ? 'Save as BF16 or F32' : 'Save as F32';
  return new SequiturError({
    where,
    expected: `values of at most ${most}, as ${dtype} holds`,
    got: String(value),
    fix,
  });
}

function singleToBrainBits(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40; // not a number stays none
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function singleToHalfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 65,536 and beyond
  if (magnitude >= 0x38800000) {
    // A carry out of the fraction moves on into the exponent, up to infinity, as it should.
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  const shift = 126 - (magnitude >>> 23); // subnormal: units of 2^-24
  if (shift > 24) return sign;
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const half = 1 << (shift - 1);
  const rest = fraction & ((1 << shift) - 1);
  const whole = fraction >>> shift;
  return sign | (whole + (rest > half || (rest === half && (whole & 1) === 1) ? 1 : 0));
}
