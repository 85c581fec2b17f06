import { scoped, softplus } from '@sequitur/core';
import {
  add,
  cumsum,
  div,
  equal,
  exp,
  expandDims,
  greaterEqual,
  logicalAnd,
  mul,
  range,
  reshape,
  slice,
  sub,
  sum,
  type Tensor,
  type Tensor3D,
  transpose,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { inGroups } from './groups.js';
import type { SelectiveScan } from './index.js';

/**
 * The attention matrix that a selective scan implies (Ali, Zimerman and Wolf 2024, "The hidden attention of Mamba
 * models", equation 11): with s(t) the sum of the step sizes up to t, per channel
 *
 *     weight(t, u) = Σ_n C_n(t) exp(A_n (s(t) - s(u))) Δ(u) B_n(u)      for u <= t,
 *
 * so that y = weight x + D x. Memory and time are quadratic in the length: for inspection only.
 *
 * @param channel one channel; default the mean over all
 * @returns [batch, length, length], which the caller disposes
 */
export function impliedAttention(scan: SelectiveScan, channel?: number): Tensor3D {
  const inner = scan.x.shape[2];
  const channels = channel === undefined ? Array.from({ length: inner }, (_, index) => index) : [channel];
  return scoped(() => {
    const attentionMask = visiblePairs(scan);
    const total = channels.reduce<Tensor | null>((sum, index) => {
      const one = scoped(() => {
        const weights = where(attentionMask, weightsOf(scan, index), 0);
        return sum ? add(sum, weights) : weights;
      });
      sum?.dispose();
      return one;
    }, null);
    return div(total!, channels.length) as Tensor3D;
  });
}

function weightsOf(scan: SelectiveScan, channel: number): Tensor {
  const { x, stepSize, stepBias, stateMatrix } = scan;
  const [batch, length, inner] = x.shape;
  const state = stateMatrix.shape[1];
  const raw = slice(stepSize, [0, 0, channel], [batch, length, 1]);
  const steps = softplus(stepBias ? add(raw, slice(stepBias, [channel], [1])) : raw); // [batch, length, 1]
  const rates = reshape(slice(stateMatrix, [channel, 0], [1, state]), [1, state, 1, 1]);
  const rowsOf = (matrix: Tensor) => {
    const grouped = inGroups(matrix, x);
    const group = Math.floor((channel * grouped.shape[2]!) / inner);
    return reshape(slice(grouped, [0, 0, group, 0], [batch, length, 1, state]), [batch, length, state]);
  };
  const elapsed = cumsum(reshape(steps, [batch, length]), 1);
  const between = sub(expandDims(elapsed, 2), expandDims(elapsed, 1)); // [batch, t, u]
  // Later positions are masked below; here their exponent would overflow.
  const past = where(greaterEqual(between, 0), between, zerosLike(between));
  const decay = exp(mul(rates, expandDims(past, 1))); // [batch, state, t, u]
  const entered = mul(rowsOf(scan.inputMatrix), steps); // [batch, u, state]
  const columns = expandDims(transpose(entered, [0, 2, 1]), 2); // [batch, state, 1, u]
  const rows = expandDims(transpose(rowsOf(scan.outputMatrix), [0, 2, 1]), 3); // [batch, state, t, 1]
  return sum(mul(mul(decay, columns), rows), 1);
}

/** bool [batch or 1, t, u]: u is not after t and belongs to the same sequence. */
function visiblePairs({ x, resets }: SelectiveScan): Tensor {
  const length = x.shape[1];
  const positions = range(0, length, 1, 'int32');
  const earlier = expandDims(greaterEqual(expandDims(positions, 1), expandDims(positions, 0)), 0);
  if (!resets) return earlier;
  const sequence = cumsum(resets, 1);
  return logicalAnd(earlier, equal(expandDims(sequence, 2), expandDims(sequence, 1)));
}
