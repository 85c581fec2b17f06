// Decoding: for very few queries, packing the keys would cost more than the products. One row of scores at a time.
import { dot } from '../../core/assembly/gemm';
import { exp1, log1 } from '../../core/assembly/math';
import { dropoutBits } from './elementary';
import { BLOCK, bytes, Call, HIDDEN, ROW } from './call';
import { meanOfValues } from './fully-masked';

/** Used below this number of queries. */
export const FEW: i32 = 3;

/** As `attentionForward` for one key head; scratch holds the scores of one query. */
export function forwardFew(call: Call, b: i32, kh: i32, scratch: usize): void {
  const group = call.heads / call.keyHeads;
  const keyRow = call.keyHeads * call.headSize, valueRow = call.keyHeads * call.valueSize;
  const key = <usize>call.key + bytes(b * call.capacity * keyRow + kh * call.headSize);
  const value = <usize>call.value + bytes(b * call.capacity * valueRow + kh * call.valueSize);
  for (let h = kh * group; h < (kh + 1) * group; h++) {
    for (let i = 0; i < call.queries; i++) forwardOne(call, b, h, i, key, keyRow, value, valueRow, scratch);
  }
}

function forwardOne(
  call: Call, b: i32, h: i32, i: i32, key: usize, keyRow: i32, value: usize, valueRow: i32, row: usize,
): void {
  const layout = <usize>call.layouts + <usize>(call.layoutCount == 1 ? 0 : h) * 12;
  const starts = <usize>load<u32>(layout), entries = <usize>load<u32>(layout, 4), masks = <usize>load<u32>(layout, 8);
  const place = (b * call.queries + i) * call.heads + h;
  const query = <usize>call.query + bytes(place * call.headSize), output = <usize>call.output + bytes(place * call.valueSize);
  const log = <usize>call.logSumExp + bytes((b * call.heads + h) * call.queries + i);
  const last = load<i32>(starts, 4);
  let top: f32 = HIDDEN, seen = false;
  for (let entry = load<i32>(starts); entry < last; entry++) {
    const at = entries + (<usize>entry << 3);
    const first = load<i32>(at) * BLOCK, mask = load<i32>(at, 4);
    const end = min(first + BLOCK, call.keys);
    for (let j = first; j < end; j++) {
      let score: f32 = HIDDEN;
      if (isSeen(call, b, i, j, first, mask, masks)) {
        score = dot(call.headSize, query, key + bytes(j * keyRow)) * call.scale;
        score = scoreOf(call, score, b, h, i, j);
        top = max(top, score); // NaN where one is
        seen = true;
      }
      store<f32>(row + bytes(j), score);
    }
  }
  if (!seen) {
    store<f32>(log, HIDDEN);
    return meanOfValues(call, i, starts, entries, masks, value, valueRow, output);
  }
  memory.fill(output, 0, bytes(call.valueSize));
  let total: f32 = 0;
  for (let entry = load<i32>(starts); entry < last; entry++) {
    const first = load<i32>(entries + (<usize>entry << 3)) * BLOCK;
    const end = min(first + BLOCK, call.keys);
    for (let j = first; j < end; j++) {
      const score = load<f32>(row + bytes(j));
      if (score == HIDDEN) continue;
      let weight = exp1(score - top);
      total += weight;
      if (call.dropBelow) weight *= keptOf(call, b, h, i, j);
      addScaled(call.valueSize, weight, value + bytes(j * valueRow), output);
    }
  }
  store<f32>(log, total == 0 ? <f32>NaN : top + log1(total));
  scaleRow(call.valueSize, <f32>1 / total, output);
}

// @ts-ignore: decorator
@inline
function isSeen(call: Call, b: i32, i: i32, j: i32, first: i32, mask: i32, masks: usize): bool {
  if (call.visible) {
    const document = load<f32>(<usize>call.visible + bytes(b * call.keys + j));
    if (document == 0 || (call.documents && document != load<f32>(<usize>call.documents + bytes(b * call.queries + i)))) return false;
  }
  if (mask < 0) return true;
  const word = masks + <usize>mask * (2 * ROW) + <usize>((j - first) >> 5) * ROW + bytes(i);
  return ((load<i32>(word) >> (j & 31)) & 1) != 0;
}

// @ts-ignore: decorator
@inline
function scoreOf(call: Call, product: f32, b: i32, h: i32, i: i32, j: i32): f32 {
  let score = product;
  if (call.softCap != 0) {
    const e = exp1(-2 * abs<f32>(score / call.softCap));
    score = copysign<f32>(call.softCap * (1 - e) / (1 + e), score);
  }
  if (call.bias) {
    const at = b * call.biasBatch + h * call.biasHead + i * call.biasQuery + j * call.biasKey;
    score += load<f32>(<usize>call.bias + bytes(at));
  }
  if (call.relative) {
    const at = h * (call.queries + call.keys - 1) + i - j + call.keys - 1;
    score += load<f32>(<usize>call.relative + bytes(at));
  }
  return score;
}

function keptOf(call: Call, b: i32, h: i32, i: i32, j: i32): f32 {
  const index = (<u32>(b * call.heads + h) * <u32>call.queries + <u32>i) * <u32>call.keys + <u32>j;
  const bits = <u32>i32x4.extract_lane(dropoutBits(i32x4.splat(index), call.dropSeed), 0);
  return bits >= call.dropBelow ? call.keptScale : 0;
}

/** y += factor x */
function addScaled(n: i32, factor: f32, x: usize, y: usize): void {
  const by = f32x4.splat(factor);
  const whole = <usize>(n & ~3) << 2, end = <usize>n << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) v128.store(y + at, f32x4.add(v128.load(y + at), f32x4.mul(by, v128.load(x + at))));
  for (; at < end; at += 4) store<f32>(y + at, load<f32>(y + at) + factor * load<f32>(x + at));
}

function scaleRow(n: i32, factor: f32, x: usize): void {
  for (let i = 0; i < n; i++, x += 4) store<f32>(x, load<f32>(x) * factor);
}
