import { NOT_FINITE, type WebGpuKernel } from '@sequitur/core';
import { BLOCK, PARAMETERS } from './shared-code.js';
import { nameOf, type Variant } from './variant.js';

/**
 * stats [4, batch, heads, queries] = log Σ exp; Σ dO O - dL; for a fully masked query, the share of each key that its
 * pattern allows; and the reciprocal of the sum of its weights, which `queryGradientKernel` fills in. After them the
 * padding mask, [batch, keys].
 */
export function statsKernel(variant: Variant): WebGpuKernel {
  const { valueSize, attentionMask, evenly } = variant;
  return {
    name: nameOf('stats', variant),
    reads: {
      ...{ output: 'f32', dy: 'f32', logs: 'f32', dlogs: 'f32', plan: 'i32' },
      ...(attentionMask && { attentionMask: 'f32' }),
    },
    writes: { stats: 'f32' },
    parameters: PARAMETERS,
    workgroupSize: BLOCK,
    declarations: `${NOT_FINITE}\nfn layoutOf(h : u32) -> u32 { return select(3u * h, 0u, p.layouts == 1u); }`,
    code: `
let index = group * SIZE + lane;
let rows = p.batch * p.heads * p.queries;
${attentionMask ? 'if (index < p.batch * p.keys) { stats[4u * rows + index] = attentionMask[index]; }' : ''}
if (index >= rows) { return; }
let query = index % p.queries;
let h = index / p.queries % p.heads;
let b = index / p.queries / p.heads;
let at = ((b * p.queries + query) * p.heads + h) * ${valueSize}u;
var drift = -dlogs[index];
for (var d = 0u; d < ${valueSize}u; d++) { drift += output[at + d] * dy[at + d]; }
stats[index] = logs[index];
stats[rows + index] = drift;
var count = f32(plan[layoutOf(h)] * 0);
${evenly ? COUNT : ''}
stats[2u * rows + index] = select(0.0, 1.0 / count, count > 0.0);`,
  };
}

/** The number of keys that the pattern allows for the query, if it is fully masked. */
const COUNT = `
if (isMinusInfinity(logs[index])) {
  let header = layoutOf(h);
  let starts = u32(plan[header]);
  let entries = u32(plan[header + 1u]);
  let masks = u32(plan[header + 2u]);
  let block = query / 64u;
  for (var entry = u32(plan[starts + block]); entry < u32(plan[starts + block + 1u]); entry++) {
    let keyBlock = u32(plan[entries + 2u * entry]) * 32u;
    let mask = plan[entries + 2u * entry + 1u];
    var word = 0xffffffffu;
    if (mask >= 0) { word = u32(plan[masks + u32(mask) * 64u + query % 64u]); }
    let inside = min(32u, p.keys - keyBlock);
    if (inside < 32u) { word &= (1u << inside) - 1u; }
    count += f32(countOneBits(word));
  }
}`;
