// Visibility, score and dropout of one query and one key, where queries are too few for whole vectors.
import { exp1 } from '../../core/assembly/math';
import { bytes, Call, ROW } from './call';
import { dropoutBits } from './elementary';

// @ts-ignore: decorator
@inline
export function isSeen(call: Call, b: i32, i: i32, j: i32, first: i32, mask: i32, masks: usize): bool {
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
export function scoreOf(call: Call, product: f32, b: i32, h: i32, i: i32, j: i32): f32 {
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

/** The dropout factor: 0, or the scale of kept weights. */
export function keptOf(call: Call, b: i32, h: i32, i: i32, j: i32): f32 {
  const index = (<u32>(b * call.heads + h) * <u32>call.queries + <u32>i) * <u32>call.keys + <u32>j;
  const bits = <u32>i32x4.extract_lane(dropoutBits(i32x4.splat(index), call.dropSeed), 0);
  return bits >= call.dropBelow ? call.keptScale : 0;
}
