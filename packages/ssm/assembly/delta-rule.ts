// The generalized delta rule, S <- diag(decay) S + k v^T + b (S^T a)^T and y = S^T q, for sixteen columns of S at a time,
// which do not depend on the others: a block of a state stays in the CPU's nearest cache for the whole sequence.
import { BLOCK, fromBlock, ROW, storeVector, toBlock, vectorAt } from './column-block';
import { DeltaCall, startOf, stepOf } from './delta-call';

/** Bytes of scratch that a thread needs for `deltaForward`. */
export function deltaForwardScratchBytes(keySize: i32): i32 {
  return keySize * <i32>ROW;
}

/** The forward pass of a half-open range of sequences, counted through batch and heads. */
export function deltaForward(call: DeltaCall, first: i32, last: i32, thread: i32): void {
  const keySize = call.keySize, valueSize = call.valueSize;
  const row = <usize>valueSize << 2;
  const block = <usize>call.scratch + <usize>thread * <usize>call.scratchBytes;
  for (let s = first; s < last; s++) {
    const matrix = <usize>s * keySize * row;
    for (let v = 0; v < valueSize; v += BLOCK) {
      const count = min(BLOCK, valueSize - v), column = <usize>v << 2;
      toBlock(keySize, count, row, <usize>call.initial + matrix + column, block);
      deltaSteps(call, s, 0, call.length, column, count, block, 0, 0);
      fromBlock(keySize, count, row, block, <usize>call.state + matrix + column);
    }
  }
}

/**
 * Steps [from, until) of some columns of a sequence, updating their block of the state.
 *
 * @param kept where the states after each step are saved, or 0
 * @param read where S^T a of each step is saved, or 0
 */
export function deltaSteps(
  call: DeltaCall, s: i32, from: i32, until: i32, column: usize, count: i32, block: usize, kept: usize, read: usize,
): void {
  const keySize = call.keySize, decaySize = call.decaySize;
  const keyStep = stepOf(call, keySize), valueStep = stepOf(call, call.valueSize), decayStep = stepOf(call, decaySize);
  const keys = startOf(call, s, keySize) + <usize>from * keyStep;
  const values = startOf(call, s, call.valueSize) + <usize>from * valueStep + column;
  let query = <usize>call.query + keys, key = <usize>call.key + keys, value = <usize>call.value + values;
  let decay = <usize>call.decay + startOf(call, s, decaySize) + <usize>from * decayStep;
  let removal = call.removal ? <usize>call.removal + keys : 0;
  let replacement = call.replacement ? <usize>call.replacement + keys : 0;
  let y = call.y ? <usize>call.y + values : 0;
  const removalStep = removal ? keyStep : 0, replacementStep = replacement ? keyStep : 0;
  for (let t = from; t < until; t++) {
    step(keySize, decaySize > 1, query, key, value, decay, removal, replacement, y, count, block, read);
    query += keyStep, key += keyStep, value += valueStep, decay += decayStep;
    removal += removalStep, replacement += replacementStep;
    if (y) y += valueStep;
    if (read) read += ROW;
    if (kept) {
      memory.copy(kept, block, <usize>keySize * ROW);
      kept += <usize>keySize * ROW;
    }
  }
}

function step(
  keySize: i32, decaysRows: bool, query: usize, key: usize, value: usize, decay: usize, removal: usize,
  replacement: usize, y: usize, count: i32, block: usize, read: usize,
): void {
  let u0 = f32x4.splat(0), u1 = u0, u2 = u0, u3 = u0;
  if (removal) {
    for (let k = 0, p = block; k < keySize; k++, p += ROW) {
      const a = v128.load32_splat(removal + (<usize>k << 2));
      u0 = f32x4.add(u0, f32x4.mul(a, v128.load(p)));
      u1 = f32x4.add(u1, f32x4.mul(a, v128.load(p, 16)));
      u2 = f32x4.add(u2, f32x4.mul(a, v128.load(p, 32)));
      u3 = f32x4.add(u3, f32x4.mul(a, v128.load(p, 48)));
    }
  }
  if (read) {
    v128.store(read, u0), v128.store(read, u1, 16), v128.store(read, u2, 32), v128.store(read, u3, 48);
  }
  let v0 = vectorAt(value, 0, count), v1 = vectorAt(value, 1, count);
  let v2 = vectorAt(value, 2, count), v3 = vectorAt(value, 3, count);
  if (!replacement) {
    v0 = f32x4.add(v0, u0), v1 = f32x4.add(v1, u1), v2 = f32x4.add(v2, u2), v3 = f32x4.add(v3, u3);
  }
  let o0 = f32x4.splat(0), o1 = o0, o2 = o0, o3 = o0;
  for (let k = 0, p = block; k < keySize; k++, p += ROW) {
    const at = <usize>k << 2;
    const d = v128.load32_splat(decaysRows ? decay + at : decay), w = v128.load32_splat(key + at);
    let s0 = f32x4.add(f32x4.mul(d, v128.load(p)), f32x4.mul(w, v0));
    let s1 = f32x4.add(f32x4.mul(d, v128.load(p, 16)), f32x4.mul(w, v1));
    let s2 = f32x4.add(f32x4.mul(d, v128.load(p, 32)), f32x4.mul(w, v2));
    let s3 = f32x4.add(f32x4.mul(d, v128.load(p, 48)), f32x4.mul(w, v3));
    if (replacement) {
      const b = v128.load32_splat(replacement + at);
      s0 = f32x4.add(s0, f32x4.mul(b, u0)), s1 = f32x4.add(s1, f32x4.mul(b, u1));
      s2 = f32x4.add(s2, f32x4.mul(b, u2)), s3 = f32x4.add(s3, f32x4.mul(b, u3));
    }
    v128.store(p, s0), v128.store(p, s1, 16), v128.store(p, s2, 32), v128.store(p, s3, 48);
    const q = v128.load32_splat(query + at);
    o0 = f32x4.add(o0, f32x4.mul(q, s0)), o1 = f32x4.add(o1, f32x4.mul(q, s1));
    o2 = f32x4.add(o2, f32x4.mul(q, s2)), o3 = f32x4.add(o3, f32x4.mul(q, s3));
  }
  if (!y) return;
  storeVector(y, 0, count, o0), storeVector(y, 1, count, o1);
  storeVector(y, 2, count, o2), storeVector(y, 3, count, o3);
}
