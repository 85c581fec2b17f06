import type { QuantizedFormat } from './matrix.js';

/**
 * For each format the WGSL functions `dequantized(first, column)`, the element of a row whose first word is `first`, before
 * its scale, and `scale_index(column)`, its scale within the row.
 */
export const DEQUANTIZE: Readonly<Record<QuantizedFormat, string>> = {
  bfloat16: `
fn scale_index(column : u32) -> u32 { return 0u; }
fn dequantized(first : u32, column : u32) -> f32 {
  let word = bitcast<u32>(words[first + column / 2u]);
  return bitcast<f32>(select(word << 16u, word & 0xffff0000u, (column & 1u) == 1u));
}`,
  float16: `
fn scale_index(column : u32) -> u32 { return 0u; }
fn dequantized(first : u32, column : u32) -> f32 {
  let pair = unpack2x16float(bitcast<u32>(words[first + column / 2u]));
  return select(pair.x, pair.y, (column & 1u) == 1u);
}`,
  int8: `
fn scale_index(column : u32) -> u32 { return 0u; }
fn dequantized(first : u32, column : u32) -> f32 {
  return f32(extractBits(words[first + column / 4u], (column & 3u) * 8u, 8u));
}`,
  int4: `
fn scale_index(column : u32) -> u32 { return column / 32u; }
fn dequantized(first : u32, column : u32) -> f32 {
  let within = column & 31u;
  let byte = within & 15u;
  let word = bitcast<u32>(words[first + (column / 32u) * 4u + byte / 4u]);
  return f32(extractBits(word, (byte & 3u) * 8u + select(0u, 4u, within > 15u), 4u)) - 8.0;
}`,
};
