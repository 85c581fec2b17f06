import type { ElementType } from '@sequitur/core';
import { fours, type Variant } from './variant.js';

/** The kind of a row of a head, held as vec4: of queries and keys, or of values. */
export type RowKind = 'head' | 'value';

export function sizeOf(kind: RowKind, { headSize, valueSize }: Variant): number {
  return kind === 'head' ? headSize : valueSize;
}

/** The element type of a tensor with rows of `size` elements: vec4 where rows are multiples of four. */
export function elementOf(size: number): ElementType {
  return size % 4 === 0 ? 'vec4<f32>' : 'f32';
}

/**
 * Loops over the vec4 \`c\` of a row. The count is a uniform, so that no compiler unrolls the loop: on a software
 * adapter unrolled kernels run a fifth faster, but take ten times as long to compile.
 */
export function overFours(kind: RowKind, body: string): string {
  return `for (var c = 0u; c < p.${kind}Fours; c++) { ${body} }`;
}

/** Code repeated for each index below `count`. */
export function lines(count: number, body: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => body(index)).join('\n');
}

/** Code for four elements of a row of a tensor, 0 beyond its size. */
export function fourOf(tensor: string, row: string, size: number, four = 'c'): string {
  if (size % 4 === 0) return `${tensor}[${row} * ${size / 4}u + ${four}]`;
  const numbers = [0, 1, 2, 3].map((i) => {
    const number = `4u * ${four} + ${i}u`;
    return `select(0.0, ${tensor}[${row} * ${size}u + ${number}], ${number} < ${size}u)`;
  });
  return `vec4<f32>(${numbers.join(', ')})`;
}

/** Declares one row of a lane: loaded from a tensor, or zeros. */
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

/** Writes the row of a lane. */
export function storeRow(tensor: string, row: string, kind: RowKind, variant: Variant, name: string): string {
  const size = sizeOf(kind, variant);
  if (size % 4 === 0) return overFours(kind, `${tensor}[${row} * ${size / 4}u + c] = ${name}[c];`);
  return `for (var d = 0u; d < ${size}u; d++) { ${tensor}[${row} * ${size}u + d] = ${name}[d / 4u][d % 4u]; }`;
}

/** A group of neighbouring rows of one tensor, which all lanes read. */
export interface GroupOfRows {
  readonly kind: RowKind;
  /** Code before the use of vec4 \`c\` of the rows. */
  readonly open: string;
  /** vec4 \`c\` of row \`j\` of the group. */
  four(j: number): string;
}

/** result0_0, result0_1, ..: the dot products of each of the lane's rows with each row of a group. */
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
