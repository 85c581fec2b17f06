import { NOT_FINITE, type WebGpuKernel } from '@sequitur/core';
import type { Variant } from './variant.js';

/** Parameters of all kernels of this folder. */
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

/** Rows per workgroup: queries of a block, or keys. */
export const BLOCK = 64;

/** Lanes per workgroup. */
export function lanesOf({ own }: Variant): number {
  return BLOCK / own;
}

/** The block, head and batch row of a workgroup whose rows are queries. */
export const QUERY_BLOCK = `
if (group >= p.groups) { return; }
let blocks = (p.queries + BLOCK - 1u) / BLOCK;
let block = group % blocks;
let b = group / blocks / p.heads;
let h = group / blocks % p.heads;
let shared_ = h / (p.heads / p.keyHeads);`;

/** The layout of head h in the plan, and the last entry of a block. */
export const LAYOUT_OF_HEAD = `
let header = layoutOf(h);
let starts = u32(plan[header]);
let entries = u32(plan[header + 1u]);
let masks = u32(plan[header + 2u]);
let last = u32(plan[starts + block + 1u]);`;

/** The lowest float: the initial maximum of the scores. */
const CONSTANTS = `const LOWEST = -3.4028234663852886e38;\nconst BLOCK = ${BLOCK}u;`;

/** Code for scores and the location of layouts. */
export function declarations(variant: Variant): string {
  return `${CONSTANTS}
${NOT_FINITE}
fn layoutOf(h : u32) -> u32 { return select(3u * h, 0u, p.layouts == 1u); }
fn wordAt(place : u32, mask : i32) -> u32 {
  if (mask < 0) { return 0xffffffffu; }
  return u32(plan[place]);
}
${scoreCode(variant)}
${variant.dropout ? DROPOUT : ''}`;
}

/**
 * \`capped\` and \`scoreOf\`: from the product of query and key to the score; \`weightOf\`: exp of a score minus a
 * maximum.
 */
function scoreCode({ softCap, extra }: Variant): string {
  const tanh = 'orNan(tanh(clamp(product * p.scale / p.softCap, -15.0, 15.0)), product)';
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
}
fn weightOf(x : f32) -> f32 { return orNan(select(exp(clamp(x, -80.0, 80.0)), 0.0, x < -80.0), x); }`;
}

/** Dropout; the bits are those of \`dropoutBits\`. */
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
