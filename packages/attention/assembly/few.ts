// Attention of very few queries, as in decoding, where packing the keys would cost more than the products. All heads of
// a position are read together, so that keys and values are streamed in the order of memory; softmax is online, as in
// `forward.ts`.
import { dot } from '../../core/assembly/gemm';
import { exp1, exp4, log1, sumOfLanes } from '../../core/assembly/math';
import { multiplyAdd } from '../../core/assembly/multiply-add';
import { BLOCK, bytes, Call, HIDDEN, LOWEST } from './call';
import { meanOfValues } from './fully-masked';
import { enterHeads, HEADS_BYTES, headOf, Heads, outputOf } from './heads';
import { isSeen, keptOf, scoreOf } from './pair';

/** Used below this number of queries. */
export const FEW: i32 = 3;

/** The weight of a masked key, which marks it: other weights are at least 0, or NaN. */
const MASKED: f32 = -1;

/** Bytes of scratch for `forwardFew`. */
export function fewScratchBytes(call: Call): i32 {
  return <i32>HEADS_BYTES + call.heads * call.queries * 4 * (BLOCK + 3);
}

/** As `attentionForward` for a half-open range of key heads. */
export function forwardFew(call: Call, b: i32, keyHead: i32, lastKeyHead: i32, scratch: usize): void {
  const group = call.heads / call.keyHeads;
  const first = keyHead * group, last = lastKeyHead * group;
  if (call.layoutCount == 1) return forwardHeads(call, b, first, last, scratch);
  for (let h = first; h < last; h++) forwardHeads(call, b, h, h + 1, scratch);
}

/** Heads with one pattern. */
function forwardHeads(call: Call, b: i32, first: i32, last: i32, scratch: usize): void {
  const heads = changetype<Heads>(scratch);
  const rows = (last - first) * call.queries;
  enterHeads(call, heads, b, first, last, scratch + HEADS_BYTES);
  const group = call.heads / call.keyHeads;
  const keyRow = call.keyHeads * call.headSize, valueRow = call.keyHeads * call.valueSize;
  const key = <usize>call.key + bytes(b * call.capacity * keyRow), value = <usize>call.value + bytes(b * call.capacity * valueRow);
  const end = load<i32>(heads.starts, 4);
  for (let entry = load<i32>(heads.starts); entry < end; entry++) {
    const at = heads.entries + (<usize>entry << 3);
    const from = load<i32>(at) * BLOCK, mask = load<i32>(at, 4);
    const count = min(BLOCK, call.keys - from);
    for (let j = 0; j < count; j++) scoresOf(call, heads, from, from + j, mask, key + bytes((from + j) * keyRow), group);
    for (let r = 0; r < rows; r++) weigh(call, heads, r, count, from);
    for (let j = 0; j < count; j++) addValues(call, heads, j, value + bytes((from + j) * valueRow), group);
  }
  for (let r = 0; r < rows; r++) finish(call, heads, r, value, valueRow, group);
}

/** Scores of key `j`, whose vectors [keyHeads, headSize] begin at `key`; `from` is the first key of its block. */
function scoresOf(call: Call, heads: Heads, from: i32, j: i32, mask: i32, key: usize, group: i32): void {
  for (let i = 0; i < call.queries; i++) {
    const isVisible = isSeen(call, heads.batch, i, j, from, mask, heads.masks);
    let row = i;
    for (let h = heads.first; h < heads.last; h++, row += call.queries) {
      let score: f32 = HIDDEN;
      if (isVisible) {
        const query = <usize>call.query + bytes(((heads.batch * call.queries + i) * call.heads + h) * call.headSize);
        score = dot(call.headSize, query, key + bytes((h / group) * call.headSize)) * call.scale;
        score = scoreOf(call, score, heads.batch, h, i, j);
        store<i32>(heads.seen + bytes(row), 1);
      }
      store<f32>(heads.scores + bytes(row * BLOCK + j - from), score);
    }
  }
}

/** One step of the online softmax: the scores of a row become weights, its earlier sums are rescaled. */
function weigh(call: Call, heads: Heads, row: i32, count: i32, from: i32): void {
  const at = heads.scores + bytes(row * BLOCK), end = at + bytes(count);
  for (let i = count; (i & 3) != 0; i++) store<f32>(at + bytes(i), HIDDEN);
  const old = load<f32>(heads.tops + bytes(row));
  const top = highest(at, end, old);
  const shift = max(top, LOWEST);
  if (top > old) {
    const factor = exp1(old - shift);
    store<f32>(heads.tops + bytes(row), top);
    store<f32>(heads.totals + bytes(row), load<f32>(heads.totals + bytes(row)) * factor);
    scaleRow(call.valueSize, factor, outputOf(call, heads, row));
  }
  const hidden = f32x4.splat(HIDDEN), masked = f32x4.splat(MASKED), shifts = f32x4.splat(shift);
  let sums = f32x4.splat(0);
  for (let s = at; s < end; s += 16) {
    const score = v128.load(s);
    const weight = exp4(f32x4.sub(score, shifts));
    sums = f32x4.add(sums, weight);
    v128.store(s, v128.bitselect(masked, weight, f32x4.eq(score, hidden)));
  }
  store<f32>(heads.totals + bytes(row), load<f32>(heads.totals + bytes(row)) + sumOfLanes(sums));
  if (call.dropBelow) dropWeights(call, heads, row, count, from);
}

/** The maximum of the scores and `top`; a NaN is never the maximum, but becomes a weight and so enters the sum. */
function highest(at: usize, end: usize, top: f32): f32 {
  let tops = f32x4.splat(top);
  for (; at < end; at += 16) tops = f32x4.pmax(tops, v128.load(at));
  tops = f32x4.pmax(tops, v128.shuffle<i32>(tops, tops, 2, 3, 0, 1));
  return max(f32x4.extract_lane(tops, 0), f32x4.extract_lane(tops, 1));
}

function dropWeights(call: Call, heads: Heads, row: i32, count: i32, from: i32): void {
  const at = heads.scores + bytes(row * BLOCK);
  for (let j = 0; j < count; j++) {
    const weight = load<f32>(at + bytes(j));
    if (weight < 0) continue;
    const kept = keptOf(call, heads.batch, headOf(call, heads, row), row % call.queries, from + j);
    store<f32>(at + bytes(j), weight * kept);
  }
}

/** Adds the values of the key at index `j` of its block, whose vectors [keyHeads, valueSize] begin at `value`, by their weights. */
function addValues(call: Call, heads: Heads, j: i32, value: usize, group: i32): void {
  for (let h = heads.first; h < heads.last; h++) {
    const from = value + bytes((h / group) * call.valueSize);
    for (let i = 0; i < call.queries; i++) {
      const row = (h - heads.first) * call.queries + i;
      const weight = load<f32>(heads.scores + bytes(row * BLOCK + j));
      if (!(weight < 0)) addScaled(call.valueSize, weight, from, outputOf(call, heads, row));
    }
  }
}

/** Divides the sums of a row by the total of its weights. */
function finish(call: Call, heads: Heads, row: i32, value: usize, valueRow: i32, group: i32): void {
  const h = headOf(call, heads, row), i = row % call.queries;
  const log = <usize>call.logSumExp + bytes((heads.batch * call.heads + h) * call.queries + i);
  const output = outputOf(call, heads, row);
  if (load<i32>(heads.seen + bytes(row)) == 0) {
    store<f32>(log, HIDDEN);
    const own = value + bytes((h / group) * call.valueSize);
    return meanOfValues(call, i, heads.starts, heads.entries, heads.masks, own, valueRow, output);
  }
  const total = load<f32>(heads.totals + bytes(row));
  store<f32>(log, total == 0 ? <f32>NaN : load<f32>(heads.tops + bytes(row)) + log1(total));
  scaleRow(call.valueSize, <f32>1 / total, output);
}

/** y += factor x */
function addScaled(n: i32, factor: f32, x: usize, y: usize): void {
  const by = f32x4.splat(factor);
  const whole = <usize>(n & ~3) << 2, end = <usize>n << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) v128.store(y + at, multiplyAdd(by, v128.load(x + at), v128.load(y + at)));
  for (; at < end; at += 4) store<f32>(y + at, load<f32>(y + at) + factor * load<f32>(x + at));
}

function scaleRow(n: i32, factor: f32, x: usize): void {
  for (let i = 0; i < n; i++, x += 4) store<f32>(x, load<f32>(x) * factor);
}
