import type { WebGpuKernel } from '@sequitur/core';
import { commonRows } from './common-rows.js';
import { pairSlope, readsOf } from './pair-slope.js';
import { addGroup, dotsWith, elementOf, lines, registers, storeRow } from './rows.js';
import { declarations, LAYOUT_OF_HEAD, lanesOf, PARAMETERS } from './shared-code.js';
import { nameOf, type Variant } from './variant.js';

/**
 * dK = scale dSᵀ Q and dV = Pᵀ dO, one or two keys per lane, over the queries of all heads that share them. The layout
 * is transposed: for each block of 64 keys the blocks of 32 queries.
 *
 * @param which of the two; both where the number of bindings allows
 */
export function keyGradientKernel(variant: Variant, which: 'both' | 'key' | 'value'): WebGpuKernel {
  const { headSize, valueSize, attentionMask, evenly, rows, group, own, tiles } = variant;
  const source = { length: 'p.queries', heads: 'p.heads', head: 'h', count: 'p.queries' };
  const common = commonRows(
    variant,
    { tensor: 'q', kind: 'head', ...source },
    { tensor: 'dy', kind: 'value', ...source },
  );
  const [keys, values] = [which !== 'value', which !== 'key'];
  return {
    name: nameOf(`d${which}`, variant),
    reads: { ...readsOf(variant), stats: 'f32' },
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
${attentionMask ? `let real${r} = stats[4u * rows + b * p.keys + key${r}];` : ''}
${keys ? registers(`g${r}`, 'head', variant) : ''}
${values ? registers(`r${r}`, 'value', variant) : ''}`,
)}
let group_ = p.heads / p.keyHeads;
for (var h = shared_ * group_; h < (shared_ + 1u) * group_; h++) {
  ${LAYOUT_OF_HEAD}
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
        ${common.numbers('norm', (place) => `stats[3u * rows + ofHead + ${place}]`)}
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

/** Code for the pair of key `r` of the lane and query `j` of the group. */
function keyPair(variant: Variant, r: number, j: number): string {
  const pair = `${r}_${j}`;
  return `
let seen${pair} = inside${r} && start + i + ${j}u < p.queries && ((word${pair} >> (place${r} & 31u)) & 1u) == 1u;
${pairSlope(variant, pair, `${j}`, `${r}`)}
slope${pair} *= norm${j};`;
}

/** Code for the share of the key's value in the query's output, dropout included. */
function partOf({ evenly }: Variant, r: number, j: number): string {
  const pair = `${r}_${j}`;
  if (!evenly) return `let part${pair} = weight${pair} * kept${pair} * norm${j};`;
  return `let part${pair} = select(weight${pair} * kept${pair} * norm${j}, share${j}, seen${pair} && isMinusInfinity(log${j}));`;
}
