import type { ElementType } from '@sequitur/core';
import { fours, type Variant } from './variant.js';

/** Rows of a head's numbers in code, by fours: those of queries and keys, or those of values. */
export type RowKind = 'head' | 'value';

export function sizeOf(kind: RowKind, { headSize, valueSize }: Variant): number {
  return kind === 'head' ? headSize : valueSize;
}

/** How a tensor of rows of so many numbers is bound: by fours, where rows begin at multiples of four. */
export function elementOf(size: number): ElementType {
  return size % 4 === 0 ? 'vec4<f32>' : 'f32';
}

/**
 * Loops over the fours of a row, \`c\`. Their number is a parameter, so that no compiler unrolls the loop: on a processor
 * unrolled kernels take a fifth less time, and ten times as long to compile.
 */
export function overFours(kind: RowKind, body: string): string {
  return `for (var c = 0u; c < p.${kind}Fours; c++) { ${body} }`;
}

/** Code for each of so many. */
export function lines(count: number, body: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => body(index)).join('\n');
}

/** Four numbers of a row of a tensor, 0 beyond its size. */
export function fourOf(tensor: string, row: string, size: number, four = 'c'): string {
  if (size % 4 === 0) return `${tensor}[${row} * ${size / 4}u + ${four}]`;
  const numbers = [0, 1, 2, 3].map((i) => {
    const number = `4u * ${four} + ${i}u`;
    return `select(0.0, ${tensor}[${row} * ${size}u + ${number}], ${number} < ${size}u)`;
  });
  return `vec4<f32>(${numbers.join(', ')})`;
}

/** Declares a row of one lane: that of a tensor, or zeros. */
export function registers(
  name: string,
  kind: RowKind,
  variant: Variant,
  from?: { tensor: string; row: string },
): string {
  const size = sizeOf(kind, variant);
  const value = from ? fourOf(from.tensor, from.row, size) : 'vec4<f32>(0.0)';
  return `var ${name} : array<vec4<f32>, ${fours(size)}>;\n${overFours(kind, `${name}[c] = ${value};`)}`;
}

/** Writes a row of the lane. */
export function storeRow(tensor: string, row: string, kind: RowKind, variant: Variant, name: string): string {
  const size = sizeOf(kind, variant);
  if (size % 4 === 0) return overFours(kind, `${tensor}[${row} * ${size / 4}u + c] = ${name}[c];`);
  return `for (var d = 0u; d < ${size}u; d++) { ${tensor}[${row} * ${size}u + d] = ${name}[d / 4u][d % 4u]; }`;
}

/** Some neighbouring rows of one tensor, each of which all lanes need. */
export interface GroupOfRows {
  readonly kind: RowKind;
  /** Before the uses of fours \`c\` of the rows. */
  readonly open: string;
  /** Fours \`c\` of row \`j\` of the group. */
  four(j: number): string;
}

/** result0_0, result0_1, ..: the products of each of the lane's rows with each row of a group. */
export function dotsWith(
  result: string,
  name: string,
  { group, own }: Variant,
  { kind, open, four }: GroupOfRows,
): string {
  const add = (j: number) => `{
let four = ${four(j)};
${lines(own, (r) => `${result}${r}_${j} += dot(own${r}, four);`)}
}`;
  return `${lines(own, (r) => lines(group, (j) => `var ${result}${r}_${j} = 0.0;`))}
${overFours(kind, `${open}\n${lines(own, (r) => `let own${r} = ${name}${r}[c];`)}\n${lines(group, add)}`)}`;
}

/** Each of the lane's rows, times its `keep`, += the sum of its factors times the rows of a group. */
export function addGroup(
  name: string,
  { factor, keep }: { readonly factor: string; readonly keep?: string },
  { group, own }: Variant,
  { kind, open, four }: GroupOfRows,
): string {
  const begin = (r: number) => `var sum${r} = ${name}${r}[c]${keep ? ` * ${keep}${r}` : ''};`;
  const add = (j: number) => `{
let four = ${four(j)};
${lines(own, (r) => `sum${r} = fma(vec4<f32>(${factor}${r}_${j}), four, sum${r});`)}
}`;
  const end = (r: number) => `${name}${r}[c] = sum${r};`;
  return overFours(kind, `${open}\n${lines(own, begin)}\n${lines(group, add)}\n${lines(own, end)}`);
}
