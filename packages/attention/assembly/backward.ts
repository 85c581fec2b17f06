// The backward pass of attention in blocks (Dao et al. 2022, algorithm 4); weights are recomputed from the saved
// logarithms.
import { dot } from '../../core/assembly/gemm';
import { BLOCK, bytes, Call, HIDDEN, LOG2_E, ROW, roundUp, scratchOf } from './call';
import { scoreFactor } from './elementary';
import { fill, enterHead } from './forward';
import { packEights, packFours, packPanels, unpackRows } from './pack';
import { addBiasSlopes, addRelativeSlopes } from './bias-slopes';
import { adjust, drop, enter, isSpecial, Pair, weightOf } from './scores';
import { scores, timesKeys, timesQueries } from './tiles';
import { spreadToValues } from './fully-masked';

const PAIR_BYTES: usize = 64;
/** From this logarithm on, its rounding error is visible in the weights, which are then summed again. */
const LARGE: f32 = 64;

/** Bytes of scratch that a thread needs for `attentionBackward`. */
export function backwardScratchBytes(call: Call): i32 {
  const room = roundUp(call.keys, BLOCK);
  const keyWidth = roundUp(call.headSize, 8), width = roundUp(call.valueSize, 8);
  const ofKeys = room * (call.headSize + call.valueSize + 2 * keyWidth + width);
  const ofQueries = BLOCK * (call.headSize + call.valueSize + 2 * keyWidth + width + 3 * BLOCK + 3);
  const relative = call.relative ? 2 * (call.queries + call.keys + 16) : 0;
  return <i32>PAIR_BYTES + 4 * (ofKeys + ofQueries + relative);
}

/** The buffers of one key head in scratch memory. */
// @ts-ignore: decorator
@unmanaged
class Panels {
  keyFours: usize;
  valueFours: usize;
  keys: usize;
  dkey: usize;
  dvalue: usize;
  queries: usize;
}

/**
 * With weights P, after dropout P', dP = M ⊙ (dO Vᵀ) and D = Σ dO O - dL per query: dV = P'ᵀ dO, dS = P (dP - D), dQ =
 * scale dS K, dK = scale dSᵀ Q. Biases get dS. Ranges of batches and key heads are half-open. Rows of dK and dV after
 * the last key are not written, and calls that add to the same biases must not run at the same time.
 */
export function attentionBackward(
  call: Call, batch: i32, lastBatch: i32, keyHead: i32, lastKeyHead: i32, thread: i32,
): void {
  const scratch = scratchOf(call, thread);
  const room = roundUp(call.keys, BLOCK);
  const keyWidth = roundUp(call.headSize, 8), width = roundUp(call.valueSize, 8);
  const pair = changetype<Pair>(scratch);
  const panels = changetype<Panels>(scratch + 40);
  panels.keyFours = scratch + PAIR_BYTES;
  panels.valueFours = panels.keyFours + bytes(room * call.headSize);
  panels.keys = panels.valueFours + bytes(room * call.valueSize);
  panels.dkey = panels.keys + bytes(room * keyWidth);
  panels.dvalue = panels.dkey + bytes(room * keyWidth);
  panels.queries = panels.dvalue + bytes(room * width);
  for (let b = batch; b < lastBatch; b++) {
    for (let kh = keyHead; kh < lastKeyHead; kh++) backwardKeyHead(call, pair, panels, b, kh);
  }
}

function backwardKeyHead(call: Call, pair: Pair, panels: Panels, b: i32, kh: i32): void {
  const group = call.heads / call.keyHeads;
  const headSize = call.headSize, room = roundUp(call.keys, BLOCK);
  const keyWidth = roundUp(headSize, 8), width = roundUp(call.valueSize, 8);
  const keyRow = call.keyHeads * headSize, valueRow = call.keyHeads * call.valueSize;
  const key = bytes(b * call.capacity * keyRow + kh * headSize);
  const value = bytes(b * call.capacity * valueRow + kh * call.valueSize);
  packFours(call.keys, headSize, <usize>call.key + key, keyRow, panels.keyFours);
  packFours(call.keys, call.valueSize, <usize>call.value + value, valueRow, panels.valueFours);
  packPanels(call.keys, room, headSize, <usize>call.key + key, keyRow, panels.keys);
  memory.fill(panels.dkey, 0, bytes(room * keyWidth));
  memory.fill(panels.dvalue, 0, bytes(room * width));
  for (let g = 0; g < group; g++) backwardHead(call, pair, panels, b, kh * group + g);
  unpackRows(call.keys, headSize, keyWidth, panels.dkey, call.scale, <usize>call.dkey + key, keyRow);
  unpackRows(call.keys, call.valueSize, width, panels.dvalue, 1, <usize>call.dvalue + value, valueRow);
}

function backwardHead(call: Call, pair: Pair, panels: Panels, b: i32, h: i32): void {
  const headSize = call.headSize, valueSize = call.valueSize, room = roundUp(call.keys, BLOCK);
  const keyWidth = roundUp(headSize, 8), width = roundUp(valueSize, 8);
  const queryRow = call.heads * headSize, outputRow = call.heads * valueSize;
  const q = panels.queries, dy = q + bytes(BLOCK * headSize);
  const queryPanels = dy + bytes(BLOCK * valueSize), dyPanels = queryPanels + bytes(BLOCK * keyWidth);
  const dq = dyPanels + bytes(BLOCK * width), s = dq + bytes(BLOCK * keyWidth);
  const ds = s + BLOCK * ROW, slopes = ds + BLOCK * ROW, logs = slopes + BLOCK * ROW, drifts = logs + ROW;
  const norms = drifts + ROW, relative = norms + ROW, drelative = relative + bytes(call.queries + call.keys + 16);
  const layout = enterHead(call, pair, b, h, relative);
  const starts = <usize>load<u32>(layout), entries = <usize>load<u32>(layout, 4), masks = <usize>load<u32>(layout, 8);
  const visible = call.visible ? <usize>call.visible + bytes(b * call.keys) : 0;
  const factor = scoreFactor(call.scale, call.softCap);
  const distances = call.queries + call.keys - 1;
  if (call.drelative) memory.fill(drelative, 0, bytes(distances + 8));
  for (let i = 0; i < call.queries; i += BLOCK) {
    const rows = min(BLOCK, call.queries - i), lanes = roundUp(rows, 8);
    pair.query = i;
    pair.rows = rows;
    pair.documents = call.documents ? <usize>call.documents + bytes(b * call.queries + i) : 0;
    const from = bytes((b * call.queries + i) * queryRow + h * headSize);
    const output = bytes((b * call.queries + i) * outputRow + h * valueSize);
    packEights(rows, headSize, <usize>call.query + from, queryRow, factor, q);
    packEights(rows, valueSize, <usize>call.doutput + output, outputRow, 1, dy);
    packPanels(rows, BLOCK, headSize, <usize>call.query + from, queryRow, queryPanels);
    packPanels(rows, BLOCK, valueSize, <usize>call.doutput + output, outputRow, dyPanels);
    memory.fill(dq, 0, bytes(BLOCK * keyWidth));
    fill(logs, f32.MAX_VALUE, BLOCK); // of fully masked queries and of lanes without a query: weights 0
    memory.fill(drifts, 0, ROW);
    let largest: f32 = 0;
    for (let r = 0; r < rows; r++) {
      const at = bytes((b * call.heads + h) * call.queries + i + r), row = output + bytes(r * outputRow);
      const log = load<f32>(<usize>call.logSumExp + at);
      if (log == HIDDEN) {
        const value = panels.dvalue;
        spreadToValues(call, i + r, starts, entries, masks, <usize>call.doutput + row, value, width);
        continue;
      }
      const scaled = log * LOG2_E;
      store<f32>(logs + bytes(r), abs(scaled) > f32.MAX_VALUE ? log : scaled); // as in `inTwos`
      largest = max(largest, abs(log));
      const drift = dot(valueSize, <usize>call.doutput + row, <usize>call.output + row);
      store<f32>(drifts + bytes(r), drift - load<f32>(<usize>call.dlogSumExp + at));
    }
    const start = starts + (<usize>(i / BLOCK) << 2);
    const end = entries + (<usize>load<i32>(start, 4) << 3);
    if (largest < LARGE) fill(norms, 1, BLOCK);
    else {
      memory.fill(norms, 0, ROW);
      for (let entry = entries + (<usize>load<i32>(start) << 3); entry < end; entry += 8) {
        if (!enter(call, pair, entry, masks, visible)) continue;
        const special = isSpecial(call, pair);
        scores(pair.count, lanes, headSize, panels.keyFours + bytes(pair.key * headSize), q, s);
        for (let strip = 0; strip * 8 < lanes; strip++) {
          const at = <usize>strip << 5;
          if (special) adjust(call, pair, strip, s + at, 0);
          addWeights(pair.count, s + at, logs + at, norms + at);
        }
      }
      for (let r = 0; r < BLOCK; r++) {
        const total = load<f32>(norms + bytes(r));
        store<f32>(norms + bytes(r), total > 0 ? <f32>1 / total : 1);
      }
    }
    for (let entry = entries + (<usize>load<i32>(start) << 3); entry < end; entry += 8) {
      if (!enter(call, pair, entry, masks, visible)) continue;
      const count = pair.count, special = isSpecial(call, pair);
      scores(count, lanes, headSize, panels.keyFours + bytes(pair.key * headSize), q, s);
      scores(count, lanes, valueSize, panels.valueFours + bytes(pair.key * valueSize), dy, ds);
      for (let strip = 0; strip * 8 < lanes; strip++) {
        const at = <usize>strip << 5;
        if (special) adjust(call, pair, strip, s + at, call.softCap == 0 ? 0 : slopes + at);
        slopesOf(call, pair, strip, special, s + at, ds + at, logs + at);
      }
      const padded = roundUp(count, 4);
      memory.fill(s + <usize>count * ROW, 0, <usize>(padded - count) * ROW);
      memory.fill(ds + <usize>count * ROW, 0, <usize>(padded - count) * ROW);
      if (call.dbias) addBiasSlopes(call, pair, b, h, ds);
      if (call.drelative) addRelativeSlopes(call, pair, ds, drelative);
      if (call.softCap != 0) multiplyRows(count, lanes, ds, slopes);
      timesQueries(padded, lanes, width, s, dyPanels, panels.dvalue + bytes(pair.key * width));
      timesQueries(padded, lanes, keyWidth, ds, queryPanels, panels.dkey + bytes(pair.key * keyWidth));
      timesKeys(count, lanes, keyWidth, ds, panels.keys + bytes(pair.key * keyWidth), dq);
    }
    unpackRows(rows, headSize, keyWidth, dq, call.scale, <usize>call.dquery + from, queryRow);
  }
  if (call.drelative) addRow(distances, drelative, <usize>call.drelative + bytes(h * distances));
}

/** Eight queries: adds their weights to sums, as accurately as the logarithms allow. */
function addWeights(count: i32, s: usize, logs: usize, sums: usize): void {
  const log0 = v128.load(logs), log1 = v128.load(logs, 16);
  let sum0 = v128.load(sums), sum1 = v128.load(sums, 16);
  for (const end = s + <usize>count * ROW; s < end; s += ROW) {
    sum0 = f32x4.add(sum0, weightOf(f32x4.sub(v128.load(s), log0), true));
    sum1 = f32x4.add(sum1, weightOf(f32x4.sub(v128.load(s, 16), log1), true));
  }
  v128.store(sums, sum0);
  v128.store(sums, sum1, 16);
}

/** Eight queries: scores become weights (after dropout), and gradients of weights become dS. */
function slopesOf(call: Call, pair: Pair, strip: i32, special: bool, s: usize, ds: usize, logs: usize): void {
  if (call.dropBelow) drop(call, pair, strip, ds);
  if (special) weightsAndSlopes(pair.count, s, ds, logs, true);
  else weightsAndSlopes(pair.count, s, ds, logs, false);
  if (call.dropBelow) drop(call, pair, strip, s);
}

/** Logarithms, drifts and norms are contiguous, one row each. */
// @ts-ignore: decorator
@inline
function weightsAndSlopes(count: i32, s: usize, ds: usize, logs: usize, exact: bool): void {
  const drifts = logs + ROW, norms = drifts + ROW;
  const log0 = v128.load(logs), log1 = v128.load(logs, 16);
  const drift0 = v128.load(drifts), drift1 = v128.load(drifts, 16);
  const norm0 = v128.load(norms), norm1 = v128.load(norms, 16);
  for (const end = s + <usize>count * ROW; s < end; s += ROW, ds += ROW) {
    const p0 = f32x4.mul(weightOf(f32x4.sub(v128.load(s), log0), exact), norm0);
    const p1 = f32x4.mul(weightOf(f32x4.sub(v128.load(s, 16), log1), exact), norm1);
    v128.store(s, p0);
    v128.store(s, p1, 16);
    v128.store(ds, f32x4.mul(p0, f32x4.sub(v128.load(ds), drift0)));
    v128.store(ds, f32x4.mul(p1, f32x4.sub(v128.load(ds, 16), drift1)), 16);
  }
}

/** x *= y, both in the layout of scores. */
function multiplyRows(keys: i32, queries: i32, x: usize, y: usize): void {
  for (let key = 0; key < keys; key++, x += ROW, y += ROW) {
    for (let at: usize = 0; at < <usize>queries << 2; at += 16) {
      v128.store(x + at, f32x4.mul(v128.load(x + at), v128.load(y + at)));
    }
  }
}

function addRow(n: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i++, x += 4, y += 4) store<f32>(y, load<f32>(y) + load<f32>(x));
}
