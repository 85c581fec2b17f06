import type { WebGpuKernel } from '@sequitur/core';
import { addFromTile, declarations, dotWithTile, fillTile, LANES, PARAMETERS, registers } from './shared-code.js';
import { nameOf, storeRow, tileLength, type Variant } from './variant.js';

/**
 * stats = log Σ exp, Σ dO O - dL and, of a query that sees nothing, its share of each key that its pattern shows, [3, batch,
 * heads, queries]; then what is visible, [batch, keys].
 */
export function statsKernel(variant: Variant): WebGpuKernel {
  const { valueSize, visible, evenly } = variant;
  return {
    name: nameOf('stats', variant),
    reads: {
      ...{ output: 'f32', dy: 'f32', logs: 'f32', dlogs: 'f32', plan: 'i32' },
      ...(visible && { visible: 'f32' }),
    },
    writes: { stats: 'f32' },
    parameters: PARAMETERS,
    workgroupSize: LANES,
    declarations: 'fn layoutOf(h : u32) -> u32 { return select(3u * h, 0u, p.layouts == 1u); }',
    code: `
let index = group * SIZE + lane;
let rows = p.batch * p.heads * p.queries;
${visible ? 'if (index < p.batch * p.keys) { stats[3u * rows + index] = visible[index]; }' : ''}
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

/** How many keys the pattern shows the query, where it sees none of them. */
const COUNT = `
if (logs[index] < -1e29) {
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

/** Tensors that both kernels below read, one for the other parts of the scores included. */
function readsOf({ extra }: Variant): WebGpuKernel['reads'] {
  return {
    ...{ q: 'f32', k: 'f32', v: 'f32', dy: 'f32', stats: 'f32', plan: 'i32' },
    ...(extra !== 'none' && { extra: 'f32' }),
  };
}

/** Whether a pair is seen, its weight and slope, from the products \`product\` and \`back\` = dO Vᵀ. */
function pairCode({ visible, softCap, dropout }: Variant): string {
  return `
let seen = inside && shown${visible ? ' && stats[3u * rows + b * p.keys + key] != 0.0' : ''} && log_ > -1e29;
let weight = select(0.0, exp(min(scoreOf(product, b, h, query, key) - log_, 80.0)), seen);
${dropout ? 'let mask_ = kept(b, h, query, key);' : 'let mask_ = 1.0;'}
var slope = weight * (mask_ * back - drift) * p.scale;
${softCap ? 'let bent = capped(product); slope *= 1.0 - bent * bent;' : ''}`;
}

/** dQ = scale dS K, a lane for each query. */
export function queryGradientKernel(variant: Variant): WebGpuKernel {
  const { headSize, valueSize } = variant;
  const source = { length: 'p.capacity', heads: 'p.keyHeads', head: 'shared_', count: 'p.keys' };
  const rows = tileLength(variant);
  return {
    name: nameOf('dquery', variant),
    reads: readsOf(variant),
    writes: { dq: 'f32' },
    parameters: PARAMETERS,
    workgroupSize: LANES,
    declarations: declarations(variant),
    code: `
if (group >= p.groups) { return; }
let rows = p.batch * p.heads * p.queries;
let blocks = (p.queries + SIZE - 1u) / SIZE;
let block = group % blocks;
let b = group / blocks / p.heads;
let h = group / blocks % p.heads;
let shared_ = h / (p.heads / p.keyHeads);
let query = min(block * SIZE + lane, p.queries - 1u);
let index = (b * p.heads + h) * p.queries + query;
let log_ = stats[index];
let drift = stats[rows + index];
${registers('qRow', 'head', headSize, 'q', `((b * p.queries + query) * p.heads + h) * ${headSize}u`)}
${registers('yRow', 'value', valueSize, 'dy', `((b * p.queries + query) * p.heads + h) * ${valueSize}u`)}
${registers('g', 'head', headSize)}
let header = layoutOf(h);
let starts = u32(plan[header]);
let entries = u32(plan[header + 1u]);
let masks = u32(plan[header + 2u]);
let last = u32(plan[starts + block + 1u]);
for (var entry = u32(plan[starts + block]); entry < last; entry++) {
  let keyBlock = u32(plan[entries + 2u * entry]) * 32u;
  let mask = plan[entries + 2u * entry + 1u];
  var word = 0xffffffffu;
  if (mask >= 0) { word = u32(plan[masks + u32(mask) * SIZE + lane]); }
  for (var start = keyBlock; start < min(keyBlock + 32u, p.keys); start += ${rows}u) {
    workgroupBarrier();
    ${fillTile('firstTile', { tensor: 'k', ...source }, headSize, rows)}
    ${fillTile('secondTile', { tensor: 'v', ...source }, valueSize, rows)}
    workgroupBarrier();
    for (var i = 0u; i < ${rows}u; i++) {
      let inside = start + i < p.keys;
      let key = min(start + i, p.keys - 1u);
      let shown = ((word >> (start - keyBlock + i)) & 1u) == 1u;
      ${dotWithTile('product', 'qRow', 'head', 'firstTile')}
      ${dotWithTile('back', 'yRow', 'value', 'secondTile')}
      ${pairCode(variant)}
      ${addFromTile('g', 'head', 'firstTile', 'slope')}
    }
  }
}
if (block * SIZE + lane >= p.queries) { return; }
let to = ((b * p.queries + query) * p.heads + h) * ${headSize}u;
${storeRow('dq', 'to', headSize, 'g')}`,
  };
}

/**
 * dK = scale dSᵀ Q and dV = Pᵀ dO, a lane for each key, over the queries of all heads that share it. The layout is the
 * turned one: for each block of 64 keys the blocks of 32 queries.
 *
 * @param which of the two; both where the number of bindings allows
 */
export function keyGradientKernel(variant: Variant, which: 'both' | 'key' | 'value'): WebGpuKernel {
  const { headSize, valueSize, evenly } = variant;
  const source = { length: 'p.queries', heads: 'p.heads', head: 'h', count: 'p.queries' };
  const rows = tileLength(variant);
  const [keys, values] = [which !== 'value', which !== 'key'];
  return {
    name: nameOf(`d${which}`, variant),
    reads: readsOf(variant),
    writes: { ...(keys && { dk: 'f32' }), ...(values && { dv: 'f32' }) },
    parameters: PARAMETERS,
    workgroupSize: LANES,
    declarations: declarations(variant),
    code: `
if (group >= p.groups) { return; }
let rows = p.batch * p.heads * p.queries;
let blocks = (p.keys + SIZE - 1u) / SIZE;
let block = group % blocks;
let b = group / blocks / p.keyHeads;
let shared_ = group / blocks % p.keyHeads;
let key = min(block * SIZE + lane, p.keys - 1u);
let inside = block * SIZE + lane < p.keys;
${registers('kRow', 'head', headSize, 'k', `((b * p.capacity + key) * p.keyHeads + shared_) * ${headSize}u`)}
${registers('vRow', 'value', valueSize, 'v', `((b * p.capacity + key) * p.keyHeads + shared_) * ${valueSize}u`)}
${keys ? registers('g', 'head', headSize) : ''}
${values ? registers('r', 'value', valueSize) : ''}
let group_ = p.heads / p.keyHeads;
for (var h = shared_ * group_; h < (shared_ + 1u) * group_; h++) {
  let header = layoutOf(h);
  let starts = u32(plan[header]);
  let entries = u32(plan[header + 1u]);
  let masks = u32(plan[header + 2u]);
  let last = u32(plan[starts + block + 1u]);
  for (var entry = u32(plan[starts + block]); entry < last; entry++) {
    let queryBlock = u32(plan[entries + 2u * entry]) * 32u;
    let mask = plan[entries + 2u * entry + 1u];
    for (var start = queryBlock; start < min(queryBlock + 32u, p.queries); start += ${rows}u) {
      workgroupBarrier();
      ${fillTile('firstTile', { tensor: 'q', ...source }, headSize, rows)}
      ${fillTile('secondTile', { tensor: 'dy', ...source }, valueSize, rows)}
      workgroupBarrier();
      for (var i = 0u; i < min(${rows}u, p.queries - start); i++) {
        let query = start + i;
        let index = (b * p.heads + h) * p.queries + query;
        let log_ = stats[index];
        let drift = stats[rows + index];
        var shown = true;
        if (mask >= 0) {
          let word = u32(plan[masks + (u32(mask) * 2u + (lane >> 5u)) * 32u + query - queryBlock]);
          shown = ((word >> (lane & 31u)) & 1u) == 1u;
        }
        ${dotWithTile('product', 'kRow', 'head', 'firstTile')}
        ${dotWithTile('back', 'vRow', 'value', 'secondTile')}
        ${pairCode(variant)}
        ${keys ? addFromTile('g', 'head', 'firstTile', 'slope') : ''}
        ${values ? `let part = select(weight * mask_, stats[2u * rows + index], ${evenly ? 'inside && shown && log_ < -1e29' : 'false'});` : ''}
        ${values ? addFromTile('r', 'value', 'secondTile', 'part') : ''}
      }
    }
  }
}
if (!inside) { return; }
let at = (b * p.capacity + key) * p.keyHeads + shared_;
${keys ? storeRow('dk', `at * ${headSize}u`, headSize, 'g') : ''}
${values ? storeRow('dv', `at * ${valueSize}u`, valueSize, 'r') : ''}`,
  };
}
