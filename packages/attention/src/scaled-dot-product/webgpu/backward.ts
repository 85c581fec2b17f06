import type { WebGpuKernel } from '@sequitur/core';
import { commonRows } from './common-rows.js';
import { keysAndValues, wordOf } from './forward.js';
import { addGroup, dotsWith, elementOf, lines, registers, storeRow } from './rows.js';
import { BLOCK, declarations, lanesOf, PARAMETERS } from './shared-code.js';
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
    workgroupSize: BLOCK,
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
 * Of a pair its weight, what dropout keeps of it, and its slope, from `product` and `back` = dO Vᵀ; `seen` says
 * whether the pattern shows it.
 *
 * @param pair names the values of the pair
 * @param query,key name those of the query and of the key
 */
function pairCode({ visible, softCap, dropout }: Variant, pair: string, query: string, key: string): string {
  const real = visible ? ` && real${key} != 0.0` : '';
  return `
let weight${pair} = select(0.0, exp(min(scoreOf(product${pair}, b, h, query${query}, key${key}) - log${query}, 80.0)), seen${pair} && log${query} > -1e29${real});
let kept${pair} = ${dropout ? `kept(b, h, query${query}, key${key})` : '1.0'};
var slope${pair} = weight${pair} * (kept${pair} * back${pair} - drift${query}) * p.scale;
${softCap ? `let bent${pair} = capped(product${pair}); slope${pair} *= 1.0 - bent${pair} * bent${pair};` : ''}`;
}

/** dQ = scale dS K, one or two queries for each lane. */
export function queryGradientKernel(variant: Variant): WebGpuKernel {
  const { headSize, visible, rows, group, own, tiles } = variant;
  const common = keysAndValues(variant);
  const pair = (r: number, j: number) => `
let seen${r}_${j} = start + i + ${j}u < p.keys && ((word${r} >> (key${j} - keyBlock)) & 1u) == 1u;
${pairCode(variant, `${r}_${j}`, `${r}`, `${j}`)}`;
  return {
    name: nameOf('dquery', variant),
    reads: readsOf(variant),
    writes: { dq: elementOf(headSize) },
    parameters: PARAMETERS,
    workgroupSize: lanesOf(variant),
    subgroups: !tiles,
    declarations: `${declarations(variant)}\n${common.declarations}`,
    code: `
if (group >= p.groups) { return; }
let rows = p.batch * p.heads * p.queries;
let blocks = (p.queries + BLOCK - 1u) / BLOCK;
let block = group % blocks;
let b = group / blocks / p.heads;
let h = group / blocks % p.heads;
let shared_ = h / (p.heads / p.keyHeads);
${lines(
  own,
  (r) => `
let place${r} = lane + ${r}u * SIZE;
let query${r} = min(block * BLOCK + place${r}, p.queries - 1u);
let index${r} = (b * p.heads + h) * p.queries + query${r};
let log${r} = stats[index${r}];
let drift${r} = stats[rows + index${r}];
let row${r} = (b * p.queries + query${r}) * p.heads + h;
${registers(`qRow${r}`, 'head', variant, { tensor: 'q', row: `row${r}` })}
${registers(`yRow${r}`, 'value', variant, { tensor: 'dy', row: `row${r}` })}
${registers(`g${r}`, 'head', variant)}`,
)}
let header = layoutOf(h);
let starts = u32(plan[header]);
let entries = u32(plan[header + 1u]);
let masks = u32(plan[header + 2u]);
let last = u32(plan[starts + block + 1u]);
for (var entry = u32(plan[starts + block]); entry < last; entry++) {
  let keyBlock = u32(plan[entries + 2u * entry]) * 32u;
  let mask = plan[entries + 2u * entry + 1u];
  ${lines(own, wordOf)}
  for (var start = keyBlock; start < min(keyBlock + 32u, p.keys); start += ${rows}u) {
    ${common.fill}
    for (var i = 0u; i < min(${rows}u, p.keys - start); i += ${group}u) {
      ${common.open}
      ${dotsWith('product', 'qRow', variant, common.first)}
      ${dotsWith('back', 'yRow', variant, common.second)}
      ${lines(group, (j) => `let key${j} = min(start + i + ${j}u, p.keys - 1u);`)}
      ${visible ? common.numbers('real', (place) => `stats[3u * rows + b * p.keys + ${place}]`) : ''}
      ${lines(own, (r) => lines(group, (j) => pair(r, j)))}
      ${addGroup('g', { factor: 'slope' }, variant, common.first)}
    }
  }
}
${lines(own, (r) => `if (block * BLOCK + place${r} < p.queries) { ${storeRow('dq', `row${r}`, 'head', variant, `g${r}`)} }`)}`,
  };
}

/**
 * dK = scale dSᵀ Q and dV = Pᵀ dO, one or two keys for each lane, over the queries of all heads that share them. The layout
 * is the turned one: for each block of 64 keys the blocks of 32 queries.
 *
 * @param which of the two; both where the number of bindings allows
 */
export function keyGradientKernel(variant: Variant, which: 'both' | 'key' | 'value'): WebGpuKernel {
  const { headSize, valueSize, visible, evenly, rows, group, own, tiles } = variant;
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
    workgroupSize: lanesOf(variant),
    subgroups: !tiles,
    declarations: `${declarations(variant)}\n${common.declarations}`,
    code: `
if (group >= p.groups) { return; }
let rows = p.batch * p.heads * p.queries;
let blocks = (p.keys + BLOCK - 1u) / BLOCK;
let block = group % blocks;
let b = group / blocks / p.keyHeads;
let shared_ = group / blocks % p.keyHeads;
${lines(
  own,
  (r) => `
let place${r} = lane + ${r}u * SIZE;
let inside${r} = block * BLOCK + place${r} < p.keys;
let key${r} = min(block * BLOCK + place${r}, p.keys - 1u);
let row${r} = (b * p.capacity + key${r}) * p.keyHeads + shared_;
${registers(`kRow${r}`, 'head', variant, { tensor: 'k', row: `row${r}` })}
${registers(`vRow${r}`, 'value', variant, { tensor: 'v', row: `row${r}` })}
${visible ? `let real${r} = stats[3u * rows + b * p.keys + key${r}];` : ''}
${keys ? registers(`g${r}`, 'head', variant) : ''}
${values ? registers(`r${r}`, 'value', variant) : ''}`,
)}
let group_ = p.heads / p.keyHeads;
for (var h = shared_ * group_; h < (shared_ + 1u) * group_; h++) {
  let header = layoutOf(h);
  let starts = u32(plan[header]);
  let entries = u32(plan[header + 1u]);
  let masks = u32(plan[header + 2u]);
  let last = u32(plan[starts + block + 1u]);
  let ofHead = (b * p.heads + h) * p.queries;
  for (var entry = u32(plan[starts + block]); entry < last; entry++) {
    let queryBlock = u32(plan[entries + 2u * entry]) * 32u;
    let mask = plan[entries + 2u * entry + 1u];
    ${lines(own, (r) => `let words${r} = masks + (u32(mask) * 2u + place${r} / 32u) * 32u - queryBlock;`)}
    for (var start = queryBlock; start < min(queryBlock + 32u, p.queries); start += ${rows}u) {
      ${common.fill}
      for (var i = 0u; i < min(${rows}u, p.queries - start); i += ${group}u) {
        ${common.open}
        ${dotsWith('product', 'kRow', variant, common.first)}
        ${dotsWith('back', 'vRow', variant, common.second)}
        ${lines(group, (j) => `let query${j} = min(start + i + ${j}u, p.queries - 1u);`)}
        ${common.numbers('log', (place) => `stats[ofHead + ${place}]`)}
        ${common.numbers('drift', (place) => `stats[rows + ofHead + ${place}]`)}
        ${evenly ? common.numbers('share', (place) => `stats[2u * rows + ofHead + ${place}]`) : ''}
        ${lines(own, (r) => common.numbers(`word${r}_`, (place) => `wordAt(words${r} + ${place}, mask)`))}
        ${lines(own, (r) => lines(group, (j) => keyPair(variant, r, j)))}
        ${keys ? addGroup('g', { factor: 'slope' }, variant, common.first) : ''}
        ${values ? lines(own, (r) => lines(group, (j) => partOf(variant, r, j))) : ''}
        ${values ? addGroup('r', { factor: 'part' }, variant, common.second) : ''}
      }
    }
  }
}
${lines(
  own,
  (r) => `
if (inside${r}) {
  ${keys ? storeRow('dk', `row${r}`, 'head', variant, `g${r}`) : ''}
  ${values ? storeRow('dv', `row${r}`, 'value', variant, `r${r}`) : ''}
}`,
)}`,
  };
}

/** What key `r` of the lane is to query `j` of the group. */
function keyPair(variant: Variant, r: number, j: number): string {
  const pair = `${r}_${j}`;
  return `
let seen${pair} = inside${r} && start + i + ${j}u < p.queries && ((word${pair} >> (place${r} & 31u)) & 1u) == 1u;
${pairCode(variant, pair, `${j}`, `${r}`)}`;
}

/** How much of the gradient of the query's output belongs to the key's value. */
function partOf({ evenly }: Variant, r: number, j: number): string {
  const pair = `${r}_${j}`;
  if (!evenly) return `let part${pair} = weight${pair} * kept${pair};`;
  return `let part${pair} = select(weight${pair} * kept${pair}, share${j}, seen${pair} && log${j} < -1e29);`;
}
