import { firstPositions, type OpInputs } from '@sequitur/core';
import {
  add,
  cast,
  expandDims,
  matMul,
  mul,
  pad,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core';
import type { ResolvedOptions } from '../options.js';
import { type AttentionInputs, byHead, dropoutMask, sumByDistance, weightsReference } from './forward.js';

/**
 * Gradients of attention. With weights P = softmax(S), dropout mask M (scaled) and dP = M ⊙ (dO Vᵀ):
 * dV = (M ⊙ P)ᵀ dO and dS = P ⊙ (dP - Σ P ⊙ dP + dL), where L = log Σ exp S. A bias has gradient dS; the soft cap
 * multiplies it by (1 - tanh²); then dQ = scale dS K and dK = scale dSᵀ Q, summed over heads that share a key.
 *
 * @param given the inputs of attention, `dy` [batch, queries, heads, valueSize] and `dlogSumExp` [batch, heads,
 *   queries]
 * @returns [dquery, dkey, dvalue], then dbias and drelative where those inputs exist
 */
export function attentionGradientReference(given: OpInputs, options: ResolvedOptions): Tensor[] {
  const { query, key, value, bias, relative } = given as unknown as AttentionInputs;
  const heads = query.shape[2];
  const within = (x: Tensor4D) => byHead(firstPositions(x, options.keyLength), heads);
  const { weights, seen, empty, capped } = weightsReference(given as unknown as AttentionInputs, options);
  const dOutput = transpose(given.dy!, [0, 2, 1, 3]);
  const mask = dropoutMask(weights, empty, options);
  const kept = mask ? mul(weights, mask) : weights;
  const dKept = matMul(dOutput, within(value), false, true);
  const dWeights = mask ? mul(dKept, mask) : dKept;
  const drift = sub(sum(mul(weights, dWeights), -1, true), expandDims(given.dlogSumExp!, -1));
  // Masked scores are constant: a fully masked query may have weights, but no gradient of scores.
  const dScores = mul(mul(weights, sub(dWeights, drift)), cast(seen, 'float32'));
  const dCapped = capped ? mul(dScores, sub(1, square(capped))) : dScores;
  const dProducts = mul(dCapped, options.scale);
  const gradients = [
    transpose(matMul(dProducts, within(key)), [0, 2, 1, 3]),
    toKeyHeads(matMul(dProducts, transpose(query, [0, 2, 1, 3]), true, false), key),
    toKeyHeads(matMul(kept, dOutput, true, false), value),
  ];
  if (bias && options.biasGradient) gradients.push(sumTo(dScores, bias.shape));
  if (relative) gradients.push(sumByDistance(sum(dScores, 0)));
  return gradients;
}

/**
 * [batch, heads, keyLength, size] -> the shape of `like`, [batch, capacity, keyHeads, size], summed over query heads of
 * a group.
 */
function toKeyHeads(x: Tensor, like: Tensor4D): Tensor {
  const [batch, heads, keyLength, size] = x.shape as [number, number, number, number];
  const [, capacity, keyHeads] = like.shape;
  const summed = sum(reshape(x, [batch * keyHeads, heads / keyHeads, keyLength * size]), 1);
  const placed = transpose(reshape(summed, [batch, keyHeads, keyLength, size]), [0, 2, 1, 3]);
  if (capacity === keyLength) return placed;
  return pad(placed, [
    [0, 0],
    [0, capacity - keyLength],
    [0, 0],
    [0, 0],
  ]);
}

/** Sums over the axes along which a tensor of `shape` was broadcast. */
function sumTo(x: Tensor, shape: readonly number[]): Tensor {
  const axes = shape.flatMap((size, axis) => (size === 1 && x.shape[axis] !== 1 ? [axis] : []));
  return axes.length ? sum(x, axes, true) : add(x, 0);
}
