import type { WebGpuKernel } from '@sequitur/core';
import { type CommonRows, commonRows } from './common-rows.js';
import { addGroup, dotsWith, elementOf, fourOf, lines, overFours, registers, storeRow } from './rows.js';
import { declarations, LAYOUT_OF_HEAD, lanesOf, PARAMETERS, QUERY_BLOCK } from './shared-code.js';
import { nameOf, type Variant } from './variant.js';

/**
 * Online softmax with one or two queries of a block per lane (Dao et al. 2022, algorithm 1), a group of keys at a time.
 */
export function forwardKernel(variant: Variant): WebGpuKernel {
  const { headSize, valueSize, attentionMask, extra, rows, group, own, tiles, half } = variant;
  const common = keysAndValues(variant);
  const [head, value] = [elementOf(headSize), elementOf(valueSize)];
  return {
    name: nameOf('forward', variant),
    reads: {
      ...{ q: head, k: head, v: value, plan: 'i32' },
      ...(attentionMask && { attentionMask: 'f32' }),
      ...(extra !== 'none' && { extra: 'f32' }),
    },
    writes: { output: value, logSumExp: 'f32' },
    parameters: PARAMETERS,
    workgroupSize: lanesOf(variant),
    subgroups: !tiles,
    halfPrecision: half,
    declarations: `${declarations(variant)}\n${common.declarations}`,
    code: `${QUERY_BLOCK}
${lines(
  own,
  (r) => `
let place${r} = lane + ${r}u * SIZE;
let query${r} = min(block * BLOCK + place${r}, p.queries - 1u);
let row${r} = (b * p.queries + query${r}) * p.heads + h;
${registers(`qRow${r}`, 'head', variant, { tensor: 'q', row: `row${r}` })}
${registers(`o${r}`, 'value', variant)}
var top${r} = LOWEST;
var sum${r} = 0.0;
var any${r} = false;`,
)}
${LAYOUT_OF_HEAD}
for (var entry = u32(plan[starts + block]); entry < last; entry++) {
  let keyBlock = u32(plan[entries + 2u * entry]) * 32u;
  let mask = plan[entries + 2u * entry + 1u];
  ${lines(own, wordOf)}
  for (var start = keyBlock; start < min(keyBlock + 32u, p.keys); start += ${rows}u) {
    ${common.fill}
    for (var i = 0u; i < min(${rows}u, p.keys - start); i += ${group}u) {
      ${readGroup(variant, common)}
    }
  }
}
${lines(own, (r) => finish(variant, r))}`,
  };
}

/** Code for the mask word of a query: which keys of a block its pattern allows. */
export function wordOf(r: number): string {
  return `let word${r} = wordAt(masks + u32(mask) * BLOCK + place${r}, mask);`;
}

function finish(variant: Variant, r: number): string {
  return `
if (block * BLOCK + place${r} < p.queries) {
  let none = !any${r};
  var log_ = select(orNan(top${r} + log(sum${r}), sum${r}), nan(), sum${r} == 0.0);
  if (none) { log_ = minusInfinity(); }
  logSumExp[(b * p.heads + h) * p.queries + query${r}] = log_;
  let factor = select(select(1.0 / sum${r}, nan(), sum${r} == 0.0), 0.0, none);
  ${overFours('value', `o${r}[c] *= factor;`)}
  ${variant.evenly ? evenly(variant.valueSize, r) : ''}
  ${storeRow('output', `row${r}`, 'value', variant, `o${r}`)}
}`;
}

/** Rows of keys and values, which the queries of a block read one by one. */
export function keysAndValues(variant: Variant): CommonRows {
  const source = { length: 'p.capacity', heads: 'p.keyHeads', head: 'shared_', count: 'p.keys' };
  return commonRows(variant, { tensor: 'k', kind: 'head', ...source }, { tensor: 'v', kind: 'value', ...source });
}

/** Code for a group of keys: scores, the new maximum, which is never NaN, and the weighted sum of values. */
function readGroup(variant: Variant, common: CommonRows): string {
  const { attentionMask, dropout, group, own } = variant;
  const shown = (r: number, j: number) =>
    `start + i + ${j}u < p.keys && ((word${r} >> (key${j} - keyBlock)) & 1u) == 1u`;
  const real = (j: number) => (attentionMask ? ` && real${j} != 0.0` : '');
  const score = (r: number, j: number) => `
let seen${r}_${j} = ${shown(r, j)}${real(j)};
let s${r}_${j} = scoreOf(product${r}_${j}, b, h, query${r}, key${j});
any${r} = any${r} || seen${r}_${j};`;
  const weight = (r: number, j: number) => `
var weight${r}_${j} = select(0.0, weightOf(s${r}_${j} - top${r}), seen${r}_${j});
sum${r} += weight${r}_${j};
${dropout ? `weight${r}_${j} *= kept(b, h, query${r}, key${j});` : ''}`;
  return `
${common.open}
${dotsWith('product', 'qRow', variant, common.first)}
${lines(group, (j) => `let key${j} = min(start + i + ${j}u, p.keys - 1u);`)}
${attentionMask ? common.numbers('real', (place) => `attentionMask[b * p.keys + ${place}]`) : ''}
${lines(
  own,
  (r) => `
${lines(group, (j) => score(r, j))}
let before${r} = top${r};
${lines(group, (j) => `top${r} = select(top${r}, s${r}_${j}, seen${r}_${j} && s${r}_${j} > top${r});`)}
let keep${r} = weightOf(before${r} - top${r});
sum${r} *= keep${r};
${lines(group, (j) => weight(r, j))}`,
)}
${addGroup('o', { factor: 'weight', keep: 'keep' }, variant, common.second)}`;
}

/** Code for a fully masked query: the mean of the values that its pattern allows. */
function evenly(valueSize: number, r: number): string {
  return `
if (none) {
  var count = 0.0;
  for (var entry = u32(plan[starts + block]); entry < last; entry++) {
    let keyBlock = u32(plan[entries + 2u * entry]) * 32u;
    let mask = plan[entries + 2u * entry + 1u];
    ${wordOf(r)}
    for (var key = keyBlock; key < min(keyBlock + 32u, p.keys); key++) {
      if (((word${r} >> (key - keyBlock)) & 1u) == 0u) { continue; }
      count += 1.0;
      let place = (b * p.capacity + key) * p.keyHeads + shared_;
      ${overFours('value', `o${r}[c] += ${fourOf('v', 'place', valueSize)};`)}
    }
  }
  let share = 1.0 / max(count, 1.0);
  ${overFours('value', `o${r}[c] *= share;`)}
}`;
}
