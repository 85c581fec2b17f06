import type { WebGpuKernel } from '@sequitur/core';
import { commonRows } from './common-rows.js';
import { keysAndValues } from './forward.js';
import { addGroup, dotsWith, elementOf, lines, registers, storeRow } from './rows.js';
import { declarations, LANES, PARAMETERS } from './shared-code.js';
import { nameOf, type Variant } from './variant.js';

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
function readsOf({ headSize, valueSize, extra }: Variant): WebGpuKernel['reads'] {
  const [head, value] = [elementOf(headSize), elementOf(valueSize)];
  return {
    ...{ q: head, k: head, v: value, dy: value, stats: 'f32', plan: 'i32' },
    ...(extra !== 'none' && { extra: 'f32' }),
  };
}

/**
 * Of pair \`j\` of a group its weight, what dropout keeps of it, and its slope, from \`product\` and \`back\` = dO Vᵀ;
 * \`seen\` says whether the pattern shows it.
 */
function pairCode({ visible, softCap, dropout }: Variant, j: number): string {
  const real = visible ? ` && stats[3u * rows + b * p.keys + key${j}] != 0.0` : '';
  return `
let weight${j} = select(0.0, exp(min(scoreOf(product${j}, b, h, query${j}, key${j}) - log${j}, 80.0)), seen${j} && log${j} > -1e29${real});
let kept${j} = ${dropout ? `kept(b, h, query${j}, key${j})` : '1.0'};
var slope${j} = weight${j} * (kept${j} * back${j} - drift${j}) * p.scale;
${softCap ? `let bent${j} = capped(product${j}); slope${j} *= 1.0 - bent${j} * bent${j};` : ''}`;
}

/** dQ = scale dS K, a lane for each query. */
export function queryGradientKernel(variant: Variant): WebGpuKernel {
  const { headSize, rows, group, tiles } = variant;
  const common = keysAndValues(variant);
  return {
    name: nameOf('dquery', variant),
    reads: readsOf(variant),
    writes: { dq: elementOf(headSize) },
    parameters: PARAMETERS,
    workgroupSize: LANES,
    subgroups: !tiles,
    declarations: `${declarations(variant)}\n${common.declarations}`,
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
let row = (b * p.queries + query) * p.heads + h;
${registers('qRow', 'head', variant, { tensor: 'q', row: 'row' })}
${registers('yRow', 'value', variant, { tensor: 'dy', row: 'row' })}
${registers('g', 'head', variant)}
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
    ${common.fill}
    for (var i = 0u; i < min(${rows}u, p.keys - start); i += ${group}u) {
      ${common.open}
      ${dotsWith('product', 'qRow', variant, common.first)}
      ${dotsWith('back', 'yRow', variant, common.second)}
      ${lines(
        group,
        (j) => `let key${j} = min(start + i + ${j}u, p.keys - 1u);
let query${j} = query;
let log${j} = log_;
let drift${j} = drift;
let seen${j} = start + i + ${j}u < p.keys && ((word >> (key${j} - keyBlock)) & 1u) == 1u;
${pairCode(variant, j)}`,
      )}
      ${addGroup('g', { factor: 'slope' }, variant, common.first)}
    }
  }
}
if (block * SIZE + lane >= p.queries) { return; }
${storeRow('dq', 'row', 'head', variant, 'g')}`,
  };
}

/**
 * dK = scale dSᵀ Q and dV = Pᵀ dO, a lane for each key, over the queries of all heads that share it. The layout is the
 * turned one: for each block of 64 keys the blocks of 32 queries.
 *
 * @param which of the two; both where the number of bindings allows
 */
export function keyGradientKernel(variant: Variant, which: 'both' | 'key' | 'value'): WebGpuKernel {
  const { headSize, valueSize, evenly, rows, group, tiles } = variant;
  const source = { length: 'p.queries', heads: 'p.heads', head: 'h', count: 'p.queries' };
  const common = commonRows(
    variant,
    { tensor: 'q', kind: 'head', ...source },
    { tensor: 'dy', kind: 'value', ...source },
  );
  const [keys, values] = [which !== 'value', which !== 'key'];
  return {
    name: nameOf(`d${which}`, variant),
    reads: readsOf(variant),
    writes: { ...(keys && { dk: elementOf(headSize) }), ...(values && { dv: elementOf(valueSize) }) },
    parameters: PARAMETERS,
    workgroupSize: LANES,
    subgroups: !tiles,
    declarations: `${declarations(variant)}\n${common.declarations}`,
    code: `
if (group >= p.groups) { return; }
let rows = p.batch * p.heads * p.queries;
let blocks = (p.keys + SIZE - 1u) / SIZE;
let block = group % blocks;
let b = group / blocks / p.keyHeads;
let shared_ = group / blocks % p.keyHeads;
let key = min(block * SIZE + lane, p.keys - 1u);
let inside = block * SIZE + lane < p.keys;
let row = (b * p.capacity + key) * p.keyHeads + shared_;
${registers('kRow', 'head', variant, { tensor: 'k', row: 'row' })}
${registers('vRow', 'value', variant, { tensor: 'v', row: 'row' })}
${keys ? registers('g', 'head', variant) : ''}
${values ? registers('r', 'value', variant) : ''}
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
      ${common.fill}
      for (var i = 0u; i < min(${rows}u, p.queries - start); i += ${group}u) {
        ${common.open}
        ${dotsWith('product', 'kRow', variant, common.first)}
        ${dotsWith('back', 'vRow', variant, common.second)}
        ${lines(group, (j) => queryOf(variant, j))}
        ${keys ? addGroup('g', { factor: 'slope' }, variant, common.first) : ''}
        ${values ? lines(group, (j) => `let part${j} = select(weight${j} * kept${j}, stats[2u * rows + index${j}], ${evenly ? `inside && seen${j} && log${j} < -1e29` : 'false'});`) : ''}
        ${values ? addGroup('r', { factor: 'part' }, variant, common.second) : ''}
      }
    }
  }
}
if (!inside) { return; }
${keys ? storeRow('dk', 'row', 'head', variant, 'g') : ''}
${values ? storeRow('dv', 'row', 'value', variant, 'r') : ''}`,
  };
}

/** Query \`j\` of a group: where it stands, and what the lane's key is to it. */
function queryOf(variant: Variant, j: number): string {
  return `
let query${j} = min(start + i + ${j}u, p.queries - 1u);
let key${j} = key;
let index${j} = (b * p.heads + h) * p.queries + query${j};
let log${j} = stats[index${j}];
let drift${j} = stats[rows + index${j}];
var seen${j} = inside && start + i + ${j}u < p.queries;
if (mask >= 0) {
  let word = u32(plan[masks + (u32(mask) * 2u + (lane >> 5u)) * 32u + query${j} - queryBlock]);
  seen${j} = seen${j} && ((word >> (lane & 31u)) & 1u) == 1u;
}
${pairCode(variant, j)}`;
}
