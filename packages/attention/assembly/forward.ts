// Attention in blocks (Dao et al. 2022, "FlashAttention", algorithm 1): no array of all scores. S = K Qᵀ of a block has
// its queries contiguous, so that eight softmaxes run in the lanes of two registers and no product is transposed.
import { log1 } from '../../core/assembly/math';
import { BLOCK, bytes, Call, HIDDEN, LN_2, ROW, roundUp, scratchOf } from './call';
import { inTwos, scoreFactor } from './elementary';
import { FEW, fewScratchBytes, forwardFew } from './few';
import { packEights, packFours, packPanels } from './pack';
import { adjust, drop, enter, isSpecial, Pair, softmaxStep } from './scores';
import { scores, timesKeys } from './tiles';
import { meanOfValues, seesSome } from './fully-masked';

const PAIR_BYTES: usize = 64;

/** Bytes of scratch that a thread needs for `attentionForward`. */
export function forwardScratchBytes(call: Call): i32 {
  if (call.queries < FEW) return fewScratchBytes(call);
  const room = roundUp(call.keys, BLOCK);
  const width = roundUp(call.valueSize, 8);
  const relative = call.relative ? call.queries + call.keys + 16 : 0;
  return <i32>PAIR_BYTES + 4 * (room * (call.headSize + width) + BLOCK * (call.headSize + width + BLOCK + 2) + relative);
}

/**
 * output [batch, queries, heads, valueSize] and logSumExp [batch, heads, queries] of half-open ranges of batches, key
 * heads and queries; the first query begins a block.
 */
export function attentionForward(
  call: Call, batch: i32, lastBatch: i32, keyHead: i32, lastKeyHead: i32, query: i32, lastQuery: i32, thread: i32,
): void {
  const scratch = scratchOf(call, thread);
  for (let b = batch; b < lastBatch; b++) {
    if (call.queries < FEW) forwardFew(call, b, keyHead, lastKeyHead, scratch);
    else for (let kh = keyHead; kh < lastKeyHead; kh++) forwardKeyHead(call, b, kh, query, lastQuery, scratch);
  }
}

function forwardKeyHead(call: Call, b: i32, kh: i32, query: i32, lastQuery: i32, scratch: usize): void {
  const group = call.heads / call.keyHeads;
  const headSize = call.headSize, width = roundUp(call.valueSize, 8), room = roundUp(call.keys, BLOCK);
  const keyRow = call.keyHeads * headSize, valueRow = call.keyHeads * call.valueSize;
  const pair = changetype<Pair>(scratch);
  const keys = scratch + PAIR_BYTES;
  const values = keys + bytes(room * headSize);
  const block = values + bytes(room * width);
  const key = <usize>call.key + bytes(b * call.capacity * keyRow + kh * headSize);
  const value = <usize>call.value + bytes(b * call.capacity * valueRow + kh * call.valueSize);
  packFours(call.keys, headSize, key, keyRow, keys);
  packPanels(call.keys, room, call.valueSize, value, valueRow, values);
  for (let g = 0; g < group; g++) {
    forwardHead(call, pair, b, kh * group + g, query, lastQuery, keys, values, value, block);
  }
}

/** The pattern, the biases and the dropout index of a head. */
export function enterHead(call: Call, pair: Pair, b: i32, h: i32, relative: usize): usize {
  pair.bias = call.bias ? <usize>call.bias + bytes(b * call.biasBatch + h * call.biasHead) : 0;
  pair.dropIndex = <u32>(b * call.heads + h) * <u32>call.queries * <u32>call.keys;
  pair.relative = 0;
  if (call.relative) {
    const distances = call.queries + call.keys - 1, room = roundUp(distances + 8, 4);
    memory.fill(relative + bytes(distances), 0, bytes(room - distances));
    memory.copy(relative, <usize>call.relative + bytes(h * distances), bytes(distances));
    for (let at = relative; at < relative + bytes(room); at += 16) v128.store(at, inTwos(v128.load(at)));
    pair.relative = relative;
  }
  return <usize>call.layouts + <usize>(call.layoutCount == 1 ? 0 : h) * 12;
}

function forwardHead(
  call: Call, pair: Pair, b: i32, h: i32, query: i32, lastQuery: i32, keys: usize, values: usize, value: usize, block: usize,
): void {
  const headSize = call.headSize, width = roundUp(call.valueSize, 8), room = roundUp(call.keys, BLOCK);
  const queryRow = call.heads * headSize, outputRow = call.heads * call.valueSize;
  const q = block, o = q + bytes(BLOCK * headSize), s = o + bytes(BLOCK * width);
  const tops = s + BLOCK * ROW, totals = tops + ROW;
  const layout = enterHead(call, pair, b, h, totals + ROW);
  const starts = <usize>load<u32>(layout), entries = <usize>load<u32>(layout, 4), masks = <usize>load<u32>(layout, 8);
  const visible = call.visible ? <usize>call.visible + bytes(b * call.keys) : 0;
  const factor = scoreFactor(call.scale, call.softCap);
  for (let i = query; i < lastQuery; i += BLOCK) {
    const rows = min(BLOCK, lastQuery - i), lanes = roundUp(rows, 8);
    pair.query = i;
    pair.rows = rows;
    pair.documents = call.documents ? <usize>call.documents + bytes(b * call.queries + i) : 0;
    packEights(rows, headSize, <usize>call.query + bytes((b * call.queries + i) * queryRow + h * headSize), queryRow, factor, q);
    memory.fill(o, 0, bytes(BLOCK * width));
    fill(tops, HIDDEN, lanes);
    memory.fill(totals, 0, ROW);
    const start = starts + (<usize>(i / BLOCK) << 2);
    const end = entries + (<usize>load<i32>(start, 4) << 3);
    for (let entry = entries + (<usize>load<i32>(start) << 3); entry < end; entry += 8) {
      if (!enter(call, pair, entry, masks, visible)) continue;
      const count = pair.count, special = isSpecial(call, pair);
      scores(count, lanes, headSize, keys + bytes(pair.key * headSize), q, s);
      for (let strip = 0; strip * 8 < lanes; strip++) {
        const at = <usize>strip << 5;
        if (special) adjust(call, pair, strip, s + at, 0);
        softmaxStep(count, special, s + at, tops + at, totals + at, o + bytes(strip * 8 * width), width);
        if (call.dropBelow) drop(call, pair, strip, s + at);
      }
      timesKeys(count, lanes, width, s, values + bytes(pair.key * width), o);
    }
    const output = <usize>call.output + bytes((b * call.queries + i) * outputRow + h * call.valueSize);
    const logs = <usize>call.logSumExp + bytes((b * call.heads + h) * call.queries + i);
    for (let r = 0; r < rows; r++) {
      const total = load<f32>(totals + bytes(r)), to = output + bytes(r * outputRow);
      if (total == 0 && !seesSome(call, i + r, starts, entries, masks, visible, pair.documents + bytes(r))) {
        store<f32>(logs + bytes(r), HIDDEN);
        meanOfValues(call, i + r, starts, entries, masks, value, call.keyHeads * call.valueSize, to);
      } else {
        store<f32>(logs + bytes(r), total == 0 ? <f32>NaN : naturalLog(load<f32>(tops + bytes(r)), total));
        divideRow(call.valueSize, o + bytes(r * width), total, to);
      }
    }
  }
}

/** The natural logarithm of total · 2^top; a top that `inTwos` left unscaled is used unchanged. */
function naturalLog(top: f32, total: f32): f32 {
  return (abs(top) > BEYOND ? top : top * LN_2) + log1(total);
}

/** Exponents from here on come from `inTwos` only: no score is that large by itself. */
const BEYOND: f32 = f32.MAX_VALUE * LN_2;

export function fill(x: usize, value: f32, n: i32): void {
  for (let i = 0; i < n; i++, x += 4) store<f32>(x, value);
}

function divideRow(n: i32, x: usize, by: f32, y: usize): void {
  const factor: f32 = <f32>1 / by, factors = f32x4.splat(factor);
  const whole = <usize>(n & ~3) << 2, end = <usize>n << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) v128.store(y + at, f32x4.mul(v128.load(x + at), factors));
  for (; at < end; at += 4) store<f32>(y + at, load<f32>(x + at) * factor);
}
