import type { WebGpuKernel } from '@sequitur/core';
import {
  addFromTile,
  declarations,
  dotWithTile,
  fillTile,
  LANES,
  overFours,
  PARAMETERS,
  registers,
} from './shared-code.js';
import { loadFour, nameOf, storeRow, tileLength, type Variant } from './variant.js';

/** Online softmax, a lane for each query of a block (Dao et al. 2022, algorithm 1), keys and values in shared memory. */
export function forwardKernel(variant: Variant): WebGpuKernel {
  const { headSize, valueSize, visible, extra } = variant;
  return {
    name: nameOf('forward', variant),
    reads: {
      ...{ q: 'f32', k: 'f32', v: 'f32', plan: 'i32' },
      ...(visible && { visible: 'f32' }),
      ...(extra !== 'none' && { extra: 'f32' }),
    },
    writes: { output: 'f32', logSumExp: 'f32' },
    parameters: PARAMETERS,
    workgroupSize: LANES,
    declarations: declarations(variant),
    code: `
if (group >= p.groups) { return; }
let blocks = (p.queries + SIZE - 1u) / SIZE;
let block = group % blocks;
let b = group / blocks / p.heads;
let h = group / blocks % p.heads;
let shared_ = h / (p.heads / p.keyHeads);
let query = min(block * SIZE + lane, p.queries - 1u);
${registers('qRow', 'head', headSize, 'q', `((b * p.queries + query) * p.heads + h) * ${headSize}u`)}
${registers('o', 'value', valueSize)}
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
  for (var start = keyBlock; start < min(keyBlock + 32u, p.keys); start += ${tileLength(variant)}u) {
    ${tileStep(variant)}
  }
}
if (block * SIZE + lane >= p.queries) { return; }
let none = top < NOTHING;
logSumExp[(b * p.heads + h) * p.queries + query] = select(top + log(sum), HIDDEN, none);
let factor = select(1.0 / sum, 0.0, none);
${overFours('value', 'o[c] *= factor;')}
${variant.evenly ? evenly(valueSize) : ''}
let to = ((b * p.queries + query) * p.heads + h) * ${valueSize}u;
${storeRow('output', 'to', valueSize, 'o')}`,
  };
}

/** Some keys: scores, the new top, and the weights' share of the values. */
function tileStep(variant: Variant): string {
  const { headSize, valueSize, visible, dropout } = variant;
  const rows = tileLength(variant);
  const source = { length: 'p.capacity', heads: 'p.keyHeads', head: 'shared_', count: 'p.keys' };
  return `
workgroupBarrier();
${fillTile('firstTile', { tensor: 'k', ...source }, headSize, rows)}
${fillTile('secondTile', { tensor: 'v', ...source }, valueSize, rows)}
workgroupBarrier();
for (var i = 0u; i < min(${rows}u, p.keys - start); i++) {
  let key = start + i;
  let shown = ((word >> (key - keyBlock)) & 1u) == 1u;
  ${dotWithTile('product', 'qRow', 'head', 'firstTile')}
  let s = scoreOf(product, b, h, query, key);
  if (shown${visible ? ' && visible[b * p.keys + key] != 0.0' : ''}) {
    if (s > top) {
      let keep = exp(max(top - s, -80.0));
      top = s;
      sum *= keep;
      ${overFours('value', 'o[c] *= keep;')}
    }
    var weight = exp(max(s - top, -80.0));
    sum += weight;
    ${dropout ? 'weight *= kept(b, h, query, key);' : ''}
    ${addFromTile('o', 'value', 'secondTile', 'weight')}
  }
}`;
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
      let at = ((b * p.capacity + key) * p.keyHeads + shared_) * ${valueSize}u;
      ${overFours('value', `o[c] += ${loadFour('v', 'at', 'c', valueSize)};`)}
    }
  }
  let share = 1.0 / max(count, 1.0);
  ${overFours('value', 'o[c] *= share;')}
}`;
}
