import type { WebGpuKernel } from '@sequitur/core';
import { fours, loadFour, tileLength, type Variant } from './variant.js';

/** Parameters of every kernel here. */
export const PARAMETERS: WebGpuKernel['parameters'] = {
  ...{ groups: 'u32', batch: 'u32', queries: 'u32', heads: 'u32', keyHeads: 'u32', keys: 'u32', capacity: 'u32' },
  ...{
    layouts: 'u32',
    scale: 'f32',
    softCap: 'f32',
    biasBatch: 'u32',
    biasHead: 'u32',
    biasQuery: 'u32',
    biasKey: 'u32',
  },
  ...{ dropBelow: 'u32', dropSeed: 'u32', keptScale: 'f32' },
  ...{ headFours: 'u32', valueFours: 'u32' },
};

/** Lanes of a workgroup: queries of a block, or keys. */
export const LANES = 64;

/** Score of a key that is not seen; what lies below NOTHING was hidden. */
const CONSTANTS = 'const HIDDEN = -1e30;\nconst NOTHING = -1e29;';

/** Two tiles in shared memory, and what a score goes through. */
export function declarations(variant: Variant): string {
  const tile = tileLength(variant);
  return `${CONSTANTS}
var<workgroup> firstTile : array<array<vec4<f32>, ${fours(variant.headSize)}>, ${tile}>;
var<workgroup> secondTile : array<array<vec4<f32>, ${fours(variant.valueSize)}>, ${tile}>;
fn total(x : vec4<f32>) -> f32 { return (x.x + x.y) + (x.z + x.w); }
fn layoutOf(h : u32) -> u32 { return select(3u * h, 0u, p.layouts == 1u); }
${scoreCode(variant)}
${variant.dropout ? DROPOUT : ''}`;
}

/** \`capped\` and \`scoreOf\`: from the product of query and key to the score. */
function scoreCode({ softCap, extra }: Variant): string {
  const tanh = 'tanh(clamp(product * p.scale / p.softCap, -15.0, 15.0))';
  const bias = {
    none: '',
    bias: 's += extra[b * p.biasBatch + h * p.biasHead + query * p.biasQuery + key * p.biasKey];',
    relative: 's += extra[h * (p.queries + p.keys - 1u) + query + p.keys - 1u - key];',
  }[extra];
  return `
fn capped(product : f32) -> f32 { return ${softCap ? tanh : '0.0'}; }
fn scoreOf(product : f32, b : u32, h : u32, query : u32, key : u32) -> f32 {
  var s = ${softCap ? 'capped(product) * p.softCap' : 'product * p.scale'};
  ${bias}
  return s;
}`;
}

/** The bits are those of \`dropoutBits\`. */
const DROPOUT = `
fn finalise(bits : u32) -> u32 {
  var h = bits;
  h = (h ^ (h >> 16u)) * 0x85ebca6bu;
  h = (h ^ (h >> 13u)) * 0xc2b2ae35u;
  return h ^ (h >> 16u);
}
fn kept(b : u32, h : u32, query : u32, key : u32) -> f32 {
  let index = ((b * p.heads + h) * p.queries + query) * p.keys + key;
  let bits = finalise(finalise(index ^ p.dropSeed) + p.dropSeed * 0x9e3779b9u);
  return select(0.0, p.keptScale, bits >= p.dropBelow);
}`;

/** Fills a tile with rows from `start` on of [.., length, heads, size], the last of \`count\` standing for those beyond. */
export function fillTile(
  tile: string,
  from: { tensor: string; length: string; heads: string; head: string; count: string },
  size: number,
  rows: number,
): string {
  const width = fours(size);
  return `
for (var i = lane; i < ${rows * width}u; i += SIZE) {
  let row = min(start + i / ${width}u, ${from.count} - 1u);
  let four = i % ${width}u;
  let at = ((b * ${from.length} + row) * ${from.heads} + ${from.head}) * ${size}u;
  ${tile}[i / ${width}u][four] = ${loadFour(from.tensor, 'at', 'four', size)};
}`;
}

/** Loops over the fours of a head; their number is a parameter, so that no compiler unrolls a loop into thousands of lines. */
export function overFours(which: 'head' | 'value', body: string): string {
  return `for (var c = 0u; c < p.${which}Fours; c++) { ${body} }`;
}

/** Declares a row of numbers of one lane: that of a tensor, or zeros. */
export function registers(name: string, which: 'head' | 'value', size: number, tensor?: string, at?: string): string {
  const value = tensor ? loadFour(tensor, at!, 'c', size) : 'vec4<f32>(0.0)';
  return `var ${name} : array<vec4<f32>, ${fours(size)}>;\n${overFours(which, `${name}[c] = ${value};`)}`;
}

/** result = the sum of products of a row of the lane and row `i` of a tile. */
export function dotWithTile(result: string, name: string, which: 'head' | 'value', tile: string): string {
  return `var ${result}Fours = vec4<f32>(0.0);
${overFours(which, `${result}Fours += ${name}[c] * ${tile}[i][c];`)}
let ${result} = total(${result}Fours);`;
}

/** A row of the lane += factor times row `i` of a tile. */
export function addFromTile(name: string, which: 'head' | 'value', tile: string, factor: string): string {
  return overFours(which, `${name}[c] += ${factor} * ${tile}[i][c];`);
}
