// Scores of one block of queries and one of keys, between the two products, eight queries at a time.
import { BLOCK, Call, HIDDEN, LOG2_E, LOWEST, ROW } from './call';
import { dropoutBits, exp2Of, exp2OrZero, inTwos, tanhOf } from './elementary';

/** A pair of blocks. */
// @ts-ignore: decorator
@unmanaged
export class Pair {
  /** First query of the chunk, and their count. */
  query: i32;
  rows: i32;
  /** First key, and their count. */
  key: i32;
  count: i32;
  /** Words of the layout's mask; 0 where nothing is masked. */
  mask: usize;
  /** Padding mask, or documents, from the first key on; 0 where no key of the block is masked for any query. */
  visible: usize;
  /** Documents from the first query on, or 0. */
  documents: usize;
  /** Bias of this batch and head. */
  bias: usize;
  /** Relative bias of this head, times log2 e, with spare room after it. */
  relative: usize;
  /** Dropout index of the first query and key of this batch and head. */
  dropIndex: u32;
}

/** Prepares a pair of a query block and an entry of the layout; false where no key of it is visible. */
export function enter(call: Call, pair: Pair, entry: usize, masks: usize, visible: usize): bool {
  const key = load<i32>(entry) * BLOCK;
  const mask = load<i32>(entry, 4);
  pair.key = key;
  pair.count = min(BLOCK, call.keys - key);
  pair.mask = mask < 0 ? 0 : masks + <usize>mask * (2 * ROW);
  pair.visible = 0;
  if (!visible) return true;
  const from = visible + (<usize>key << 2);
  let real = 0;
  for (let i = 0; i < pair.count; i++) if (load<f32>(from + (<usize>i << 2)) != 0) real++;
  if (real < pair.count || pair.documents) pair.visible = from;
  return real > 0 && (!pair.documents || sharesDocument(pair));
}

/** Whether some query and some key of the pair are in one document. */
function sharesDocument(pair: Pair): bool {
  for (let i = 0; i < pair.rows; i++) {
    const own = load<f32>(pair.documents + (<usize>i << 2));
    if (i > 0 && own == load<f32>(pair.documents + (<usize>(i - 1) << 2))) continue; // the same document as before
    for (let j = 0; j < pair.count; j++) if (load<f32>(pair.visible + (<usize>j << 2)) == own) return true;
  }
  return false;
}

/** The documents of four queries of the pair, from `query` on; beyond the last query, its document is repeated. */
function documentsOf(pair: Pair, query: i32): v128 {
  const last = pair.rows - 1, at = pair.documents;
  let values = v128.load32_splat(at + (<usize>min(query, last) << 2));
  values = v128.load32_lane(at + (<usize>min(query + 1, last) << 2), values, 1);
  values = v128.load32_lane(at + (<usize>min(query + 2, last) << 2), values, 2);
  return v128.load32_lane(at + (<usize>min(query + 3, last) << 2), values, 3);
}

/** Whether `adjust` has anything to do. */
export function isSpecial(call: Call, pair: Pair): bool {
  return pair.mask != 0 || pair.visible != 0 || pair.bias != 0 || pair.relative != 0 || call.softCap != 0;
}

/**
 * Products become scores times log2 e, in place: soft-capped, with the bias added, HIDDEN where masked. If given,
 * `slopes` receives the derivative of the cap, in the layout of the scores.
 */
export function adjust(call: Call, pair: Pair, strip: i32, s: usize, slopes: usize): void {
  const first = pair.query + strip * 8;
  const cap = call.softCap * LOG2_E, capped = call.softCap != 0;
  const hidden = f32x4.splat(HIDDEN), one = f32x4.splat(1);
  let words0 = i32x4.splat(-1), words1 = words0;
  let own0 = words0, own1 = words0;
  if (pair.documents) {
    own0 = documentsOf(pair, strip * 8);
    own1 = documentsOf(pair, strip * 8 + 4);
  }
  for (let key = 0; key < pair.count; key++, s += ROW) {
    let s0 = v128.load(s), s1 = v128.load(s, 16);
    if (capped) {
      s0 = tanhOf(s0);
      s1 = tanhOf(s1);
      if (slopes) {
        v128.store(slopes, f32x4.sub(one, f32x4.mul(s0, s0)));
        v128.store(slopes, f32x4.sub(one, f32x4.mul(s1, s1)), 16);
        slopes += ROW;
      }
      s0 = f32x4.mul(s0, f32x4.splat(cap));
      s1 = f32x4.mul(s1, f32x4.splat(cap));
    }
    if (pair.relative) {
      const at = pair.relative + (<usize>(first + call.keys - 1 - pair.key - key) << 2);
      s0 = f32x4.add(s0, v128.load(at));
      s1 = f32x4.add(s1, v128.load(at, 16));
    }
    if (pair.bias) {
      const at = pair.bias + (<usize>((pair.key + key) * call.biasKey) << 2);
      s0 = f32x4.add(s0, biasOf(call, at, first));
      s1 = f32x4.add(s1, biasOf(call, at, first + 4));
    }
    if (pair.mask) {
      if ((key & 31) == 0) {
        const words = pair.mask + <usize>(key >> 5) * ROW + (<usize>strip << 5);
        words0 = v128.load(words);
        words1 = v128.load(words, 16);
      }
      const bit = 31 - (key & 31);
      s0 = v128.bitselect(s0, hidden, i32x4.shr_s(i32x4.shl(words0, bit), 31));
      s1 = v128.bitselect(s1, hidden, i32x4.shr_s(i32x4.shl(words1, bit), 31));
    }
    if (pair.visible) {
      const place = pair.visible + (<usize>key << 2);
      if (load<f32>(place) == 0) {
        s0 = hidden;
        s1 = hidden;
      } else if (pair.documents) {
        const document = v128.load32_splat(place);
        s0 = v128.bitselect(s0, hidden, f32x4.eq(document, own0));
        s1 = v128.bitselect(s1, hidden, f32x4.eq(document, own1));
      }
    }
    v128.store(s, s0);
    v128.store(s, s1, 16);
  }
}

/** The bias of four queries, times log2 e; `at` is that of the key. */
function biasOf(call: Call, at: usize, query: i32): v128 {
  if (call.biasQuery == 0) return inTwos(v128.load32_splat(at));
  const last = call.queries - 1, step = call.biasQuery;
  let values = v128.load32_splat(at + (<usize>(min(query, last) * step) << 2));
  values = v128.load32_lane(at + (<usize>(min(query + 1, last) * step) << 2), values, 1);
  values = v128.load32_lane(at + (<usize>(min(query + 2, last) * step) << 2), values, 2);
  values = v128.load32_lane(at + (<usize>(min(query + 3, last) * step) << 2), values, 3);
  return inTwos(values);
}

/**
 * A maximum is kept until a score exceeds it by this much, so that few sums are rescaled; 2^8 is far below the range of
 * float32.
 */
const SLACK: f32 = 8;

/**
 * One step of the online softmax (Milakov and Gimelshein 2018) for eight queries: the scores become 2^(score - top),
 * and earlier sums are rescaled to the new maximum. A NaN is never the maximum, but becomes a weight and so enters the
 * sum.
 *
 * @param tops, totals of the eight queries
 * @param o their eight rows of `width` elements
 */
export function softmaxStep(count: i32, special: bool, s: usize, tops: usize, totals: usize, o: usize, width: i32): void {
  const old0 = v128.load(tops), old1 = v128.load(tops, 16);
  let top0 = old0, top1 = old1;
  const end = s + <usize>count * ROW;
  for (let at = s; at < end; at += ROW) {
    top0 = f32x4.pmax(top0, v128.load(at));
    top1 = f32x4.pmax(top1, v128.load(at, 16));
  }
  const slack = f32x4.splat(SLACK), least = f32x4.splat(LOWEST);
  const isHigher = v128.or(f32x4.gt(top0, f32x4.add(old0, slack)), f32x4.gt(top1, f32x4.add(old1, slack)));
  if (v128.any_true(isHigher)) {
    const shift0 = f32x4.pmax(top0, least), shift1 = f32x4.pmax(top1, least);
    rescale(exp2OrZero(f32x4.sub(old0, shift0)), exp2OrZero(f32x4.sub(old1, shift1)), totals, o, width);
    v128.store(tops, top0);
    v128.store(tops, top1, 16);
  } else {
    top0 = old0;
    top1 = old1;
  }
  const shift0 = f32x4.pmax(top0, least), shift1 = f32x4.pmax(top1, least);
  if (special) weigh(s, end, shift0, shift1, totals, true);
  else weigh(s, end, shift0, shift1, totals, false);
}

/** Multiplies the totals and the rows of `o` of eight queries by eight factors. */
function rescale(factors0: v128, factors1: v128, totals: usize, o: usize, width: i32): void {
  v128.store(totals, f32x4.mul(v128.load(totals), factors0));
  v128.store(totals, f32x4.mul(v128.load(totals, 16), factors1), 16);
  const row = <usize>width << 2;
  for (let query = 0; query < 8; query++) {
    const factors = query < 4 ? factors0 : factors1;
    const factor = v128.swizzle(factors, i32x4.add(i32x4.splat((query & 3) * 0x04040404), i32x4.splat(0x03020100)));
    for (const stop = o + row; o < stop; o += 16) v128.store(o, f32x4.mul(v128.load(o), factor));
  }
}

/** Scores of eight queries become weights, which are added to the totals; `exact`: a masked one becomes exactly 0. */
// @ts-ignore: decorator
@inline
function weigh(s: usize, end: usize, shift0: v128, shift1: v128, totals: usize, exact: bool): void {
  let sum0 = v128.load(totals), sum1 = v128.load(totals, 16);
  for (let at = s; at < end; at += ROW) {
    const p0 = weightOf(f32x4.sub(v128.load(at), shift0), exact);
    const p1 = weightOf(f32x4.sub(v128.load(at, 16), shift1), exact);
    v128.store(at, p0);
    v128.store(at, p1, 16);
    sum0 = f32x4.add(sum0, p0);
    sum1 = f32x4.add(sum1, p1);
  }
  v128.store(totals, sum0);
  v128.store(totals, sum1, 16);
}

/** 2^x; exact zeros for masked scores take two more instructions. */
// @ts-ignore: decorator
@inline
export function weightOf(x: v128, exact: bool): v128 {
  return exact ? exp2OrZero(x) : exp2Of(x);
}

/** Dropout of the weights of eight queries, in place. */
export function drop(call: Call, pair: Pair, strip: i32, s: usize): void {
  const first = pair.query + strip * 8;
  const least = i32x4.splat(call.dropBelow), factor = f32x4.splat(call.keptScale);
  const row = pair.dropIndex + <u32>first * <u32>call.keys + <u32>pair.key;
  const lanes = i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(call.keys));
  let index0 = i32x4.add(i32x4.splat(row), lanes);
  let index1 = i32x4.add(index0, i32x4.splat(4 * call.keys));
  const next = i32x4.splat(1);
  for (let key = 0; key < pair.count; key++, s += ROW) {
    const kept0 = v128.and(factor, i32x4.ge_u(dropoutBits(index0, call.dropSeed), least));
    const kept1 = v128.and(factor, i32x4.ge_u(dropoutBits(index1, call.dropSeed), least));
    v128.store(s, f32x4.mul(v128.load(s), kept0));
    v128.store(s, f32x4.mul(v128.load(s, 16), kept1), 16);
    index0 = i32x4.add(index0, next);
    index1 = i32x4.add(index1, next);
  }
}
