import { fourOf, type GroupOfRows, lines, type RowKind, sizeOf } from './rows.js';
import { fours, type Variant } from './variant.js';

/** A tensor [.., length, heads, size], whose rows of one head are read by a workgroup one by one. */
export interface RowSource {
  readonly tensor: string;
  readonly kind: RowKind;
  readonly length: string;
  readonly heads: string;
  readonly head: string;
  /** Number of rows; larger indices read the last row. */
  readonly count: string;
}

/** Two such tensors, whose rows are read in groups. */
export interface CommonRows {
  readonly declarations: string;
  /** Code before the groups from row \`start\` on; \`rows\` of the variant are loaded. */
  readonly fill: string;
  /** Code before the group from row \`start\` + \`i\` on. */
  readonly open: string;
  readonly first: GroupOfRows;
  readonly second: GroupOfRows;
  /** Declares `name0`, `name1`, ..: a scalar of each row of the group, by code that takes the row's index. */
  numbers(name: string, of: (place: string) => string): string;
}

/**
 * Rows in workgroup memory, which is fast on graphics cards; or, on software adapters, rows that each lane of a
 * subgroup loads and broadcasts: there a load takes as long as ten products, from any memory.
 */
export function commonRows(variant: Variant, first: RowSource, second: RowSource): CommonRows {
  return variant.tiles ? tiledRows(variant, first, second) : toldRows(variant, first, second);
}

function toldRows(variant: Variant, first: RowSource, second: RowSource): CommonRows {
  const told = (name: string, j: number) => `subgroupBroadcast(${name}, ${j}u)`;
  const place = `min(start + i + sub, ${first.count} - 1u)`;
  const group = ({ tensor, kind }: RowSource): GroupOfRows => ({
    kind,
    open: `let told = ${fourOf(tensor, `${tensor}At`, sizeOf(kind, variant))};`,
    four: (j) => told('told', j),
  });
  const open = ({ tensor, length, heads, head }: RowSource) =>
    `let ${tensor}At = (b * ${length} + ${place}) * ${heads} + ${head};`;
  return {
    declarations: '',
    fill: '',
    open: `${open(first)}\n${open(second)}`,
    first: group(first),
    second: group(second),
    numbers: (name, of) => `
let ${name}Told = ${of(place)};
${lines(variant.group, (j) => `let ${name}${j} = ${told(`${name}Told`, j)};`)}`,
  };
}

function tiledRows(variant: Variant, first: RowSource, second: RowSource): CommonRows {
  const declare = ({ tensor, kind }: RowSource) =>
    `var<workgroup> ${tensor}Tile : array<array<${held(variant)}, ${fours(sizeOf(kind, variant))}>, ${variant.rows}>;`;
  const group = ({ tensor, kind }: RowSource): GroupOfRows => ({
    kind,
    open: '',
    four: (j) => `vec4<f32>(${tensor}Tile[i + ${j}u][c])`,
  });
  return {
    declarations: `${declare(first)}\n${declare(second)}`,
    fill: `
workgroupBarrier();
${fillTile(variant, first)}
${fillTile(variant, second)}
workgroupBarrier();`,
    open: '',
    first: group(first),
    second: group(second),
    numbers: (name, of) =>
      lines(variant.group, (j) => `let ${name}${j} = ${of(`min(start + i + ${j}u, ${first.count} - 1u)`)};`),
  };
}

function fillTile(variant: Variant, { tensor, length, heads, head, count, kind }: RowSource): string {
  const size = sizeOf(kind, variant);
  const width = fours(size);
  return `
for (var i = lane; i < ${variant.rows * width}u; i += SIZE) {
  let place = (b * ${length} + min(start + i / ${width}u, ${count} - 1u)) * ${heads} + ${head};
  ${tensor}Tile[i / ${width}u][i % ${width}u] = ${held(variant)}(${fourOf(tensor, 'place', size, `(i % ${width}u)`)});
}`;
}

/** The type of four elements in workgroup memory. */
function held({ half }: Variant): string {
  return half ? 'vec4<f16>' : 'vec4<f32>';
}
