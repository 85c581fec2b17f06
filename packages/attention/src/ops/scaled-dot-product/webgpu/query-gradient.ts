import type { WebGpuKernel } from '@sequitur/core';
import { keysAndValues, wordOf } from './forward.js';
import { pairSlope, readsOf } from './pair-slope.js';
import { addGroup, dotsWith, elementOf, lines, overFours, registers, storeRow } from './rows.js';
import { declarations, LAYOUT_OF_HEAD, lanesOf, PARAMETERS, QUERY_BLOCK } from './shared-code.js';
import { nameOf, type Variant } from './variant.js';

/**
 * dQ = scale dS K, one or two queries per lane. The weights are summed as well, and the gradient is divided by their
 * sum: float32 is too coarse for the logarithm of large scores, so that the sum is not exactly 1.
 */
export function queryGradientKernel(variant: Variant): WebGpuKernel {
  const { headSize, attentionMask, rows, group, own, tiles } = variant;
  const common = keysAndValues(variant);
  const pair = (r: number, j: number) => `
let seen${r}_${j} = start + i + ${j}u < p.keys && ((word${r} >> (key${j} - keyBlock)) & 1u) == 1u;
${pairSlope(variant, `${r}_${j}`, `${r}`, `${j}`)}`;
  return {
    name: nameOf('dquery', variant),
    reads: readsOf(variant),
    writes: { dq: elementOf(headSize), stats: 'f32' },
    parameters: PARAMETERS,
    workgroupSize: lanesOf(variant),
    subgroups: !tiles,
    declarations: `${declarations(variant)}\n${common.declarations}`,
    code: `${QUERY_BLOCK}
let rows = p.batch * p.heads * p.queries;
${lines(
  own,
  (r) => `
let place${r} = lane + ${r}u * SIZE;
let query${r} = min(block * BLOCK + place${r}, p.queries - 1u);
let index${r} = (b * p.heads + h) * p.queries + query${r};
let log${r} = stats[index${r}];
let drift${r} = stats[rows + index${r}];
var total${r} = 0.0;
let row${r} = (b * p.queries + query${r}) * p.heads + h;
${registers(`qRow${r}`, 'head', variant, { tensor: 'q', row: `row${r}` })}
${registers(`yRow${r}`, 'value', variant, { tensor: 'dy', row: `row${r}` })}
${registers(`g${r}`, 'head', variant)}`,
)}
${LAYOUT_OF_HEAD}
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
      ${attentionMask ? common.numbers('real', (place) => `stats[4u * rows + b * p.keys + ${place}]`) : ''}
      ${lines(own, (r) => lines(group, (j) => pair(r, j)))}
      ${lines(own, (r) => lines(group, (j) => `total${r} += weight${r}_${j};`))}
      ${addGroup('g', { factor: 'slope' }, variant, common.first)}
    }
  }
}
${lines(
  own,
  (r) => `
if (block * BLOCK + place${r} < p.queries) {
  let norm = select(1.0, 1.0 / total${r}, total${r} > 0.0);
  stats[3u * rows + index${r}] = norm;
  ${overFours('head', `g${r}[c] *= norm;`)}
  ${storeRow('dq', `row${r}`, 'head', variant, `g${r}`)}
}`,
)}`,
  };
}
