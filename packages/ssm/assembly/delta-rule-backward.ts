// The backward pass of the generalized delta rule, for sixteen columns of the state at a time: the states between chunks
// are computed first, then, from the last chunk to the first, those within each. With P and S the states before and after
// a step, u = P^T a and G the gradient of S:
//   dq = S dy, G += q dy^T, dv = G^T k, dk = G v, db = G u, du = G^T b, da = P du, dDecay = rows of G P, G <- decay G + a du^T
import { sumOfLanes } from '../../core/assembly/math';
import { BLOCK, fromBlock, ROW, storeVector, toBlock, vectorAt } from './column-block';
import { DeltaCall, startOf, stepOf } from './delta-call';
import { deltaSteps } from './delta-rule';

/** Bytes of scratch that a thread needs for `deltaBackward`. */
export function deltaBackwardScratchBytes(keySize: i32, length: i32, chunk: i32): i32 {
  const states = (length + chunk - 1) / chunk + chunk + 2;
  return <i32>ROW * (states * keySize + chunk);
}

/** The backward pass of a half-open range of sequences, counted through batch and heads. */
export function deltaBackward(call: DeltaCall, first: i32, last: i32, thread: i32): void {
  const keySize = call.keySize, valueSize = call.valueSize, chunk = call.chunk, length = call.length;
  const row = <usize>valueSize << 2, bytes = <usize>keySize * ROW;
  const slope = <usize>call.scratch + <usize>thread * <usize>call.scratchBytes;
  const read = slope + bytes, within = read + <usize>chunk * ROW, between = within + <usize>(chunk + 1) * bytes;
  for (let s = first; s < last; s++) {
    const matrix = <usize>s * keySize * row;
    for (let v = 0; v < valueSize; v += BLOCK) {
      const count = min(BLOCK, valueSize - v), column = <usize>v << 2;
      toBlock(keySize, count, row, <usize>call.initial + matrix + column, between);
      let start = 0, place = between;
      for (; start + chunk < length; start += chunk, place += bytes) {
        memory.copy(place + bytes, place, bytes);
        deltaSteps(call, s, start, start + chunk, column, count, place + bytes, 0, 0);
      }
      toBlock(keySize, count, row, <usize>call.dState + matrix + column, slope);
      for (; start >= 0; start -= chunk, place -= bytes) {
        const until = min(start + chunk, length);
        memory.copy(within, place, bytes);
        deltaSteps(call, s, start, until, column, count, place, within + bytes, read);
        for (let t = until - 1; t >= start; t--) {
          const before = within + <usize>(t - start) * bytes;
          backStep(call, s, t, column, count, before, before + bytes, slope, read + (<usize>(t - start) * ROW), v == 0);
        }
      }
      fromBlock(keySize, count, row, slope, <usize>call.dInitial + matrix + column);
    }
  }
}

/** Step t. The gradients of sums over columns are set by the first block, and added to by the others. */
function backStep(
  call: DeltaCall, s: i32, t: i32, column: usize, count: i32, before: usize, after: usize, slope: usize, read: usize,
  isFirst: bool,
): void {
  const keySize = call.keySize, decaySize = call.decaySize, ofKeys = decaySize > 1;
  const keys = startOf(call, s, keySize) + <usize>t * stepOf(call, keySize);
  const values = startOf(call, s, call.valueSize) + <usize>t * stepOf(call, call.valueSize) + column;
  const decays = startOf(call, s, decaySize) + <usize>t * stepOf(call, decaySize);
  const query = <usize>call.query + keys, key = <usize>call.key + keys, decay = <usize>call.decay + decays;
  const dQuery = <usize>call.dQuery + keys, dKey = <usize>call.dKey + keys, dDecay = <usize>call.dDecay + decays;
  const y0 = vectorAt(<usize>call.dy + values, 0, count), y1 = vectorAt(<usize>call.dy + values, 1, count);
  const y2 = vectorAt(<usize>call.dy + values, 2, count), y3 = vectorAt(<usize>call.dy + values, 3, count);
  let r0 = vectorAt(<usize>call.value + values, 0, count), r1 = vectorAt(<usize>call.value + values, 1, count);
  let r2 = vectorAt(<usize>call.value + values, 2, count), r3 = vectorAt(<usize>call.value + values, 3, count);
  const u0 = v128.load(read), u1 = v128.load(read, 16), u2 = v128.load(read, 32), u3 = v128.load(read, 48);
  if (!call.replacement) {
    r0 = f32x4.add(r0, u0), r1 = f32x4.add(r1, u1), r2 = f32x4.add(r2, u2), r3 = f32x4.add(r3, u3);
  }
  let v0 = f32x4.splat(0), v1 = v0, v2 = v0, v3 = v0, du0 = v0, du1 = v0, du2 = v0, du3 = v0;
  for (let k = 0, p = slope, n = after; k < keySize; k++, p += ROW, n += ROW) {
    const at = <usize>k << 2;
    const q = v128.load32_splat(query + at), w = v128.load32_splat(key + at);
    const g0 = f32x4.add(v128.load(p), f32x4.mul(q, y0)), g1 = f32x4.add(v128.load(p, 16), f32x4.mul(q, y1));
    const g2 = f32x4.add(v128.load(p, 32), f32x4.mul(q, y2)), g3 = f32x4.add(v128.load(p, 48), f32x4.mul(q, y3));
    v128.store(p, g0), v128.store(p, g1, 16), v128.store(p, g2, 32), v128.store(p, g3, 48);
    v0 = f32x4.add(v0, f32x4.mul(w, g0)), v1 = f32x4.add(v1, f32x4.mul(w, g1));
    v2 = f32x4.add(v2, f32x4.mul(w, g2)), v3 = f32x4.add(v3, f32x4.mul(w, g3));
    put(dQuery + at, dotOf(v128.load(n), v128.load(n, 16), v128.load(n, 32), v128.load(n, 48), y0, y1, y2, y3), isFirst);
    put(dKey + at, dotOf(g0, g1, g2, g3, r0, r1, r2, r3), isFirst);
    if (call.replacement) {
      const b = v128.load32_splat(<usize>call.replacement + keys + at);
      put(<usize>call.dReplacement + keys + at, dotOf(g0, g1, g2, g3, u0, u1, u2, u3), isFirst);
      du0 = f32x4.add(du0, f32x4.mul(b, g0)), du1 = f32x4.add(du1, f32x4.mul(b, g1));
      du2 = f32x4.add(du2, f32x4.mul(b, g2)), du3 = f32x4.add(du3, f32x4.mul(b, g3));
    }
  }
  const dValue = <usize>call.dValue + values;
  storeVector(dValue, 0, count, v0), storeVector(dValue, 1, count, v1);
  storeVector(dValue, 2, count, v2), storeVector(dValue, 3, count, v3);
  if (!call.replacement) du0 = v0, du1 = v1, du2 = v2, du3 = v3;
  let whole: f32 = 0;
  for (let k = 0, p = slope, m = before; k < keySize; k++, p += ROW, m += ROW) {
    const at = <usize>k << 2;
    const d = v128.load32_splat(ofKeys ? decay + at : decay);
    const p0 = v128.load(m), p1 = v128.load(m, 16), p2 = v128.load(m, 32), p3 = v128.load(m, 48);
    let g0 = v128.load(p), g1 = v128.load(p, 16), g2 = v128.load(p, 32), g3 = v128.load(p, 48);
    const ofRow = dotOf(g0, g1, g2, g3, p0, p1, p2, p3);
    if (ofKeys) put(dDecay + at, ofRow, isFirst);
    else whole += ofRow;
    g0 = f32x4.mul(d, g0), g1 = f32x4.mul(d, g1), g2 = f32x4.mul(d, g2), g3 = f32x4.mul(d, g3);
    if (call.removal) {
      const a = v128.load32_splat(<usize>call.removal + keys + at);
      put(<usize>call.dRemoval + keys + at, dotOf(p0, p1, p2, p3, du0, du1, du2, du3), isFirst);
      g0 = f32x4.add(g0, f32x4.mul(a, du0)), g1 = f32x4.add(g1, f32x4.mul(a, du1));
      g2 = f32x4.add(g2, f32x4.mul(a, du2)), g3 = f32x4.add(g3, f32x4.mul(a, du3));
    }
    v128.store(p, g0), v128.store(p, g1, 16), v128.store(p, g2, 32), v128.store(p, g3, 48);
  }
  if (!ofKeys) put(dDecay, whole, isFirst);
}

// @ts-ignore: decorator
@inline
function put(p: usize, value: f32, isFirst: bool): void {
  store<f32>(p, isFirst ? value : load<f32>(p) + value);
}

/** Σ x y of two rows of a block. */
// @ts-ignore: decorator
@inline
function dotOf(x0: v128, x1: v128, x2: v128, x3: v128, y0: v128, y1: v128, y2: v128, y3: v128): f32 {
  const low = f32x4.add(f32x4.mul(x0, y0), f32x4.mul(x1, y1));
  return sumOfLanes(f32x4.add(low, f32x4.add(f32x4.mul(x2, y2), f32x4.mul(x3, y3))));
}
