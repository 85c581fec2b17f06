import { SequiturError } from './errors.js';

/** A floating-point type of 16 bits. */
export type HalfFormat = 'float16' | 'bfloat16';

/** Converts bfloat16, the upper half of float32, to float32. */
export function widenBrainFloat(halves: Uint16Array): Float32Array {
  const wide = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) wide[i] = halves[i]! << 16;
  return new Float32Array(wide.buffer);
}

/** Converts float16 to float32. IEEE 754 binary16 has a sign, 5 bits of exponent (bias 15) and 10 bits of fraction. */
export function widenHalf(halves: Uint16Array): Float32Array {
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

/** The bits of the smallest float32 that would be rounded to infinity. */
const OVERFLOW = { float16: 0x477ff000, bfloat16: 0x7f7f8000 } as const; // 65,520 and 2^128 - 2^119
const INFINITY = 0x7f800000;

/**
 * Converts float32 to 16 bits, rounded to the nearest, ties to even. Infinities and NaN are preserved.
 *
 * @param where the name of the tensor, for the error
 * @throws SequiturError where a finite value is too large for the format
 */
export function narrowHalf(values: Float32Array, format: HalfFormat, where = 'weights'): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const narrow = new Uint16Array(values.length);
  const [round, overflow] = [format === 'float16' ? singleToHalfBits : singleToBrainBits, OVERFLOW[format]];
  for (let i = 0; i < narrow.length; i++) {
    const magnitude = bits[i]! & 0x7fffffff;
    if (magnitude >= overflow && magnitude < INFINITY) throw tooLarge(where, values[i]!, format);
    narrow[i] = round(bits[i]!);
  }
  return narrow;
}

function tooLarge(where: string, value: number, format: HalfFormat): SequiturError {
  const [most, name] = format === 'float16' ? ['65504', 'F16'] : ['3.39e38', 'BF16'];
  const fix = format === 'float16' ? 'Save as BF16 or F32' : 'Save as F32';
  return new SequiturError({
    where,
    expected: `values of at most ${most}, the limit of ${name}`,
    got: String(value),
    fix,
  });
}

function singleToBrainBits(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40; // NaN stays NaN
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function singleToHalfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 65,536 and beyond
  if (magnitude >= 0x38800000) {
    // A carry out of the fraction increases the exponent, up to infinity, as rounding requires.
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
