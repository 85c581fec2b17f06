import {
  add,
  cast,
  concat,
  expandDims,
  floorDiv,
  gather,
  greater,
  greaterEqual,
  mul,
  neg,
  reshape,
  scalar,
  slice,
  stack,
  sub,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import { GROUP, type QuantizedFormat, scalesPerRow } from '../quantized/matrix.js';

export interface DequantizeAttributes {
  readonly format: QuantizedFormat;
  readonly columns: number;
}

/**
 * Rows `ids` of words [rows, n] -> float32 [ids, columns], by integer arithmetic: exact on cpu and wasm. tfjs's WebGPU
 * backend computes integers in float32, which cannot hold every word.
 */
export function dequantizeRowsReference(
  words: Tensor,
  scales: Tensor,
  ids: Tensor,
  { format, columns }: DequantizeAttributes,
): Tensor2D {
  return tidy(() => {
    const chosen = scalesPerRow(format, columns) === 0 ? scales : gather(scales, ids);
    const values = reshape(valuesOf(gather(words, ids), chosen, format), [ids.size, -1]);
    return slice(values, [0, 0], [ids.size, columns]) as Tensor2D;
  });
}

function valuesOf(words: Tensor, scales: Tensor, format: QuantizedFormat): Tensor {
  const rows = words.shape[0]!;
  const halves = parts(words, 16); // [rows, n, 2]
  if (format === 'bfloat16') return floatOf(halves, { fractionBits: 7, exponents: 256, bias: 127 });
  if (format === 'float16') return floatOf(halves, { fractionBits: 10, exponents: 32, bias: 15 });
  const bytes = parts(halves, 8); // [rows, n, 2, 2]
  if (format === 'int8') {
    const signed = where(greater(bytes, int(127)), sub(bytes, int(256)), bytes);
    return mul(cast(reshape(signed, [rows, -1]), 'float32'), scales);
  }
  const groups = reshape(bytes, [rows, -1, GROUP / 2]);
  const [low, high] = lowAndHigh(groups, 4);
  const quantized = cast(sub(concat([low, high], 2), int(8)), 'float32'); // [rows, groups, 32]
  return mul(quantized, expandDims(scales, 2));
}

/** Integers [...] -> their two parts [..., 2], the low one of `bits` bits first, both at least 0. */
function parts(integers: Tensor, bits: number): Tensor {
  const [low, high] = lowAndHigh(integers, bits);
  const positive = where(greater(int(0), high), add(high, int(2 ** bits)), high);
  return stack([low, positive], -1);
}

/** The low `bits` of integers and the rest; tfjs's quotient may be off by one, as it is computed in float32 on some backends. */
function lowAndHigh(integers: Tensor, bits: number): [low: Tensor, high: Tensor] {
  const base = int(2 ** bits);
  const quotient = floorDiv(integers, base);
  const rest = sub(integers, mul(quotient, base));
  const isTooHigh = greater(int(0), rest);
  const isTooLow = greaterEqual(rest, base);
  const high = where(isTooHigh, sub(quotient, int(1)), where(isTooLow, add(quotient, int(1)), quotient));
  return [sub(integers, mul(high, base)), high];
}

/** As a tensor of integers: tfjs would take a plain number for a float, which cannot hold every word. */
const int = (value: number) => scalar(value, 'int32');

interface FloatFormat {
  readonly fractionBits: number;
  readonly exponents: number;
  readonly bias: number;
}

/** Finite floats of 16 bits by their sign, exponent and fraction. */
function floatOf(halves: Tensor, { fractionBits, exponents, bias }: FloatFormat): Tensor {
  const [fraction, rest] = lowAndHigh(halves, fractionBits);
  const sign = floorDiv(rest, int(exponents));
  const exponent = sub(rest, mul(sign, int(exponents)));
  const lookup = (values: number[]) => gather(tensor1d(values, 'float32'), exponent);
  const units = lookup(Array.from({ length: exponents }, (_, e) => 2 ** (Math.max(e, 1) - bias - fractionBits)));
  const leading = lookup(Array.from({ length: exponents }, (_, e) => (e === 0 ? 0 : 2 ** (e - bias))));
  const magnitude = add(mul(cast(fraction, 'float32'), units), leading);
  return where(greater(sign, int(0)), neg(magnitude), magnitude);
}
