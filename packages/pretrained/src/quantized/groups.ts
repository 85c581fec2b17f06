import type { StorageFormat } from '@sequitur/core';
import { formatOf, type StoredWeights } from '../safetensors/checkpoint.js';
import type { SafetensorsDtype } from '../safetensors/dtypes.js';

/** Integers of a weight [outputs, inputs], with one scale and one zero point for each group of inputs of an output. */
export interface GroupedIntegers {
  readonly shape: readonly [outputs: number, inputs: number];
  readonly bits: 4 | 8;
  /** The unsigned integer of an output and an input. */
  integer(output: number, input: number): number;
  scale(output: number, group: number): number;
  zero(output: number, group: number): number;
  /** The group of an input. */
  group(input: number): number;
  /** Dtype of the scales, in which the weight is computed. */
  readonly dtype: SafetensorsDtype;
}

/** The weight: (integer - zero) · scale. */
export function dequantizeGroups(weight: GroupedIntegers): StoredWeights {
  const [outputs, inputs] = weight.shape;
  const values = new Float32Array(outputs * inputs);
  const scales = new Float32Array(outputs * inputs);
  const middle = 2 ** (weight.bits - 1);
  let isCentred = true;
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      const group = weight.group(i);
      const [scale, zero] = [weight.scale(o, group), weight.zero(o, group)];
      values[o * inputs + i] = (weight.integer(o, i) - zero) * scale;
      scales[o * inputs + i] = scale;
      isCentred &&= zero === middle;
    }
  }
  if (!isCentred) return { values, format: formatOf(weight.dtype) };
  return { values, scales, format: integerFormat(scales, weight) };
}

/** The integer format that keeps the integers; where groups are smaller than its own, that of the scales. */
function integerFormat(scales: Float32Array, { shape: [, inputs], bits, dtype }: GroupedIntegers): StorageFormat {
  const length = bits === 8 ? inputs : 32;
  const isWhole = scales.every((scale, i) => scale === scales[i - ((i % inputs) % length)]);
  if (!isWhole) return formatOf(dtype);
  return bits === 8 ? 'int8' : 'int4';
}
