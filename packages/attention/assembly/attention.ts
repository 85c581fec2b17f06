// Scaled dot-product attention (Vaswani et al. 2017, equation 1) for query, key and value laid out
// [batch, length, heads, headSize]. Blocks of queries see their keys at once; the matrix of all scores never exists.
import { dot, gemm } from '../../core/assembly/gemm';
import { exp1, exp4, log1 } from '../../core/assembly/math';
import { maximumOf } from '../../core/assembly/softmax-cross-entropy';
import { sumOf } from '../../core/assembly/reduce';

const BLOCK: i32 = 32;
/** Score of a masked key. */
const HIDDEN: f32 = -1e30;

/** Bytes of scratch for up to `keys` keys: forward needs one block of scores, backward two. */
export function attentionScratchBytes(keys: i32): i32 {
  return (2 * BLOCK * keys + BLOCK) * 4;
}

/**
 * output and, per [batch, heads, queries], the log of the sum of exponentiated scores. Query i sees the keys up to
 * offset + i where `causal`, of those the ones with visible[batch, key] != 0 (visible 0: all). Where none is
 * left it takes evenly from all of those, and HIDDEN stands for the log. Each head of the keys serves heads / keyHeads
 * heads of the queries.
 */
export function attentionForward(
  batch: i32, queries: i32, heads: i32, headSize: i32, keys: i32, capacity: i32, keyHeads: i32,
  query: usize, key: usize, value: usize, visible: usize, offset: i32, causal: bool, scale: f32,
  output: usize, normalisers: usize, scratch: usize, panels: usize,
): void {
  const group = heads / keyHeads;
  const queryRow = heads * headSize, keyRow = keyHeads * headSize;
  for (let b = 0; b < batch; b++) {
    const mask = visible ? visible + (<usize>(b * keys) << 2) : 0;
    for (let h = 0; h < heads; h++) {
      const q = query + (<usize>(b * queries * queryRow + h * headSize) << 2);
      const o = output + (<usize>(b * queries * queryRow + h * headSize) << 2);
      const keyStart = <usize>(b * capacity * keyRow + (h / group) * headSize) << 2;
      const logs = normalisers + (<usize>((b * heads + h) * queries) << 2);
      for (let i = 0; i < queries; i += BLOCK) {
        const rows = min(BLOCK, queries - i);
        const seen = causal ? min(keys, offset + i + rows) : keys;
        const at = <usize>(i * queryRow) << 2;
        gemm(rows, seen, headSize, q + at, queryRow, 1, key + keyStart, 1, keyRow, scratch, seen, 0, scale, false, panels);
        for (let r = 0; r < rows; r++) {
          const scores = scratch + (<usize>(r * seen) << 2);
          const visibleKeys = causal ? min(seen, offset + i + r + 1) : seen;
          store<f32>(logs + (<usize>(i + r) << 2), softmaxRow(scores, visibleKeys, seen, mask));
        }
        gemm(rows, headSize, seen, scratch, seen, 1, value + keyStart, keyRow, 1, o + at, queryRow, 0, 1, false, panels);
      }
    }
  }
}

/** Turns scores into weights, 0 from `visibleKeys` on and where masked; returns log Σ exp, HIDDEN where all are masked. */
function softmaxRow(scores: usize, visibleKeys: i32, all: i32, mask: usize): f32 {
  if (mask) hideMasked(scores, visibleKeys, mask);
  memory.fill(scores + (<usize>visibleKeys << 2), 0, <usize>(all - visibleKeys) << 2);
  const top = maximumOf(visibleKeys, scores);
  if (top <= HIDDEN) {
    fill(scores, visibleKeys, <f32>1 / <f32>visibleKeys);
    return HIDDEN;
  }
  exponentiate(scores, visibleKeys, top);
  const sum = sumOf(visibleKeys, scores);
  multiply(scores, visibleKeys, <f32>1 / sum);
  return top + log1(sum);
}

function fill(x: usize, n: i32, value: f32): void {
  for (let i = 0; i < n; i++, x += 4) store<f32>(x, value);
}

function hideMasked(scores: usize, count: i32, mask: usize): void {
  for (let j = 0; j < count; j++) {
    const at = <usize>j << 2;
    if (load<f32>(mask + at) == 0) store<f32>(scores + at, HIDDEN);
  }
}

/** x = exp(x - shift) */
function exponentiate(x: usize, n: i32, shift: f32): void {
  const s = f32x4.splat(shift);
  const whole = x + (<usize>(n & ~3) << 2), end = x + (<usize>n << 2);
  for (; x < whole; x += 16) v128.store(x, exp4(f32x4.sub(v128.load(x), s)));
  for (; x < end; x += 4) store<f32>(x, exp1(load<f32>(x) - shift));
}

function multiply(x: usize, n: i32, by: f32): void {
  const factor = f32x4.splat(by);
  const whole = x + (<usize>(n & ~3) << 2), end = x + (<usize>n << 2);
  for (; x < whole; x += 16) v128.store(x, f32x4.mul(v128.load(x), factor));
  for (; x < end; x += 4) store<f32>(x, load<f32>(x) * by);
}

/**
 * Gradients of query, key and value. With weights P, recomputed from the saved normalisers, and
 * D = Σ doutput output per query: dV = Pᵀ dO; dS = P (dO Vᵀ - D); dQ = scale dS K; dK = scale dSᵀ Q.
 */
export function attentionBackward(
  batch: i32, queries: i32, heads: i32, headSize: i32, keys: i32, capacity: i32, keyHeads: i32,
  query: usize, key: usize, value: usize, visible: usize, offset: i32, causal: bool, scale: f32,
  output: usize, normalisers: usize, dnormalisers: usize, doutput: usize,
  dquery: usize, dkey: usize, dvalue: usize, scratch: usize, panels: usize,
): void {
  const group = heads / keyHeads;
  const queryRow = heads * headSize, keyRow = keyHeads * headSize;
  const keyBytes = <usize>(batch * capacity * keyRow) << 2;
  memory.fill(dkey, 0, keyBytes);
  memory.fill(dvalue, 0, keyBytes);
  const weights = scratch, slopes = scratch + (<usize>(BLOCK * keys) << 2);
  for (let b = 0; b < batch; b++) {
    const mask = visible ? visible + (<usize>(b * keys) << 2) : 0;
    for (let h = 0; h < heads; h++) {
      const head = <usize>(b * queries * queryRow + h * headSize) << 2;
      const keyStart = <usize>(b * capacity * keyRow + (h / group) * headSize) << 2;
      const logs = normalisers + (<usize>((b * heads + h) * queries) << 2);
      const dlogs = dnormalisers + (<usize>((b * heads + h) * queries) << 2);
      const k = key + keyStart, v = value + keyStart, dk = dkey + keyStart, dv = dvalue + keyStart;
      for (let i = 0; i < queries; i += BLOCK) {
        const rows = min(BLOCK, queries - i);
        const seen = causal ? min(keys, offset + i + rows) : keys;
        const at = head + (<usize>(i * queryRow) << 2);
        const q = query + at, dy = doutput + at;
        gemm(rows, seen, headSize, q, queryRow, 1, k, 1, keyRow, weights, seen, 0, scale, false, panels);
        gemm(rows, seen, headSize, dy, queryRow, 1, v, 1, keyRow, slopes, seen, 0, 1, false, panels);
        for (let r = 0; r < rows; r++) {
          const row = <usize>(r * seen) << 2;
          const visibleKeys = causal ? min(seen, offset + i + r + 1) : seen;
          const line = <usize>(r * queryRow) << 2;
          const drift = dot(headSize, dy + line, output + at + line) - load<f32>(dlogs + (<usize>(i + r) << 2));
          backwardRow(weights + row, slopes + row, visibleKeys, seen, mask, load<f32>(logs + (<usize>(i + r) << 2)), drift);
        }
        gemm(rows, headSize, seen, slopes, seen, 1, k, keyRow, 1, dquery + at, queryRow, 0, scale, false, panels);
        gemm(seen, headSize, rows, slopes, 1, seen, q, queryRow, 1, dk, keyRow, 0, scale, true, panels);
        gemm(seen, headSize, rows, weights, 1, seen, dy, queryRow, 1, dv, keyRow, 0, 1, true, panels);
      }
    }
  }
}

/** scores become weights, dweights become dscores. */
function backwardRow(
  scores: usize, dweights: usize, visibleKeys: i32, all: i32, mask: usize, normaliser: f32, drift: f32,
): void {
  if (normaliser <= HIDDEN) {
    fill(scores, visibleKeys, <f32>1 / <f32>visibleKeys);
    memory.fill(dweights, 0, <usize>all << 2); // masked scores are constants
    memory.fill(scores + (<usize>visibleKeys << 2), 0, <usize>(all - visibleKeys) << 2);
    return;
  }
  if (mask) hideMasked(scores, visibleKeys, mask);
  exponentiate(scores, visibleKeys, normaliser);
  const hidden = <usize>(all - visibleKeys) << 2, start = <usize>visibleKeys << 2;
  memory.fill(scores + start, 0, hidden);
  memory.fill(dweights + start, 0, hidden);
  const d = f32x4.splat(drift);
  const whole = <usize>(visibleKeys & ~3) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    v128.store(dweights + at, f32x4.mul(v128.load(scores + at), f32x4.sub(v128.load(dweights + at), d)));
  }
  for (; at < start; at += 4) store<f32>(dweights + at, load<f32>(scores + at) * (load<f32>(dweights + at) - drift));
}
