import type { WebGpuKernel } from '@sequitur/core';
import { type CommonRows, commonRows } from './common-rows.js';
import { addGroup, dotsWith, elementOf, fourOf, lines, overFours, registers, storeRow } from './rows.js';
import { declarations, LANES, PARAMETERS } from './shared-code.js';
import { nameOf, type Variant } from './variant.js';

/** Online softmax, a lane for each query of a block (Dao et al. 2022, algorithm 1), some keys at a time. */
export function forwardKernel(variant: Variant): WebGpuKernel {
  const { headSize, valueSize, visible, extra, rows, group, tiles } = variant;
  const common = keysAndValues(variant);
  const [head, value] = [elementOf(headSize), elementOf(valueSize)];
  return {
    name: nameOf('forward', variant),
    reads: {
      ...{ q: head, k: head, v: value, plan: 'i32' },
      ...(visible && { visible: 'f32' }),
      ...(extra !== 'none' && { extra: 'f32' }),
    },
    writes: { output: value, logSumExp: 'f32' },
    parameters: PARAMETERS,
    workgroupSize: LANES,
    subgroups: !tiles,
    declarations: `${declarations(variant)}\n${common.declarations}`,
    code: `
if (group >= p.groups) { return; }
let blocks = (p.queries + SIZE - 1u) / SIZE;
let block = group % blocks;
let b = group / blocks / p.heads;
let h = group / blocks % p.heads;
let shared_ = h / (p.heads / p.keyHeads);
let query = min(block * SIZE + lane, p.queries - 1u);
let row = (b * p.queries + query) * p.heads + h;
${registers('qRow', 'head', variant, { tensor: 'q', row: 'row' })}
${registers('o', 'value', variant)}
var top = HIDDEN;
var sum = 0.0;
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
      ${readGroup(variant, common)}
    }
  }
}
if (block * SIZE + lane >= p.queries) { return; }
let none = top < NOTHING;
logSumExp[(b * p.heads + h) * p.queries + query] = select(top + log(sum), HIDDEN, none);
let factor = select(1.0 / sum, 0.0, none);
${overFours('value', 'o[c] *= factor;')}
${variant.evenly ? evenly(valueSize) : ''}
${storeRow('output', 'row', 'value', variant, 'o')}`,
  };
}

/** Rows of keys and values, which the queries of a block meet one after the other. */
export function keysAndValues(variant: Variant): CommonRows {
  const source = { length: 'p.capacity', heads: 'p.keyHeads', head: 'shared_', count: 'p.keys' };
  return commonRows(variant, { tensor: 'k', kind: 'head', ...source }, { tensor: 'v', kind: 'value', ...source });
}

/** A group of keys: scores, the new top, and the weights' share of the values. */
function readGroup(variant: Variant, common: CommonRows): string {
  const { visible, dropout, group } = variant;
  const shown = (j: number) => `start + i + ${j}u < p.keys && ((word >> (key${j} - keyBlock)) & 1u) == 1u`;
  const real = (j: number) => (visible ? ` && visible[b * p.keys + key${j}] != 0.0` : '');
  return `
${common.open}
${dotsWith('product', 'qRow', variant, common.first)}
${lines(
  group,
  (j) => `let key${j} = min(start + i + ${j}u, p.keys - 1u);
let s${j} = select(HIDDEN, scoreOf(product${j}, b, h, query, key${j}), ${shown(j)}${real(j)});`,
)}
let before = top;
${lines(group, (j) => `top = max(top, s${j});`)}
let keep = exp(max(before - top, -80.0));
sum *= keep;
${lines(
  group,
  (j) => `var weight${j} = select(0.0, exp(max(s${j} - top, -80.0)), s${j} > NOTHING);
sum += weight${j};
${dropout ? `weight${j} *= kept(b, h, query, key${j});` : ''}`,
)}
${addGroup('o', { factor: 'weight', keep: 'keep' }, variant, common.second)}`;
}

/** A query that sees nothing takes evenly from what its pattern shows. */
function evenly(valueSize: number): string {
  return `
if (none) {
  var count = 0.0;
  for (var entry = u32(plan[starts + block]); entry < last; entry++) {
    let keyBlock = u32(plan[entries + 2u * entry]) * 32u;
    let mask = plan[entries + 2u * entry + 1u];
    var word = 0xffffffffu;
    if (mask >= 0) { word = u32(plan[masks + u32(mask) * SIZE + lane]); }
    for (var key = keyBlock; key < min(keyBlock + 32u, p.keys); key++) {
      if (((word >> (key - keyBlock)) & 1u) == 0u) { continue; }
      count += 1.0;
      let place = (b * p.capacity + key) * p.keyHeads + shared_;
      ${overFours('value', `o[c] += ${fourOf('v', 'place', valueSize)};`)}
    }
  }
  let share = 1.0 / max(count, 1.0);
  ${overFours('value', 'o[c] *= share;')}
}`;
}
