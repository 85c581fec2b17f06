import { type Context, observeLazily } from '@sequitur/core';
import {
  concat,
  cumsum,
  equal,
  exp,
  expandDims,
  greaterEqual,
  logicalAnd,
  matMul,
  mul,
  norm,
  range,
  reshape,
  slice,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  transpose,
  where,
} from '@tensorflow/tfjs-core';
import { ofHeads } from './chunked.js';
import { type StateSpaceDuality, stateSpaceDuality } from './index.js';

/**
 * Observes the norm of the state after each step as `stateNorms` [batch, length], and as `attention` [batch, heads,
 * length, length] the matrix by which the recurrence multiplies x (Dao and Gu 2024, equation 16).
 */
export function observeDuality(scan: StateSpaceDuality, context: Context): void {
  observeLazily(context, 'stateNorms', () => stateNorms(scan));
  observeLazily(context, 'attention', () => attentionOf(scan));
}

function stateNorms(scan: StateSpaceDuality): Tensor2D {
  const [batch, length] = scan.x.shape;
  const at = <T extends Tensor>(x: T, t: number) => slice(x, [0, t], [batch, 1]) as T;
  let { initialState } = scan;
  const norms = Array.from({ length }, (_, t) => {
    const { state } = stateSpaceDuality({
      x: at(scan.x, t),
      logDecay: at(scan.logDecay, t),
      inputMatrix: at(scan.inputMatrix, t),
      outputMatrix: at(scan.outputMatrix, t),
      initialState,
      resets: scan.resets && at(scan.resets, t),
    });
    initialState = state;
    return norm(reshape(state, [batch, -1]), 'euclidean', 1, true);
  });
  return concat(norms, 1) as Tensor2D;
}

function attentionOf({ x, logDecay, inputMatrix, outputMatrix, resets }: StateSpaceDuality): Tensor4D {
  const [, length, heads] = x.shape;
  const byHead = (matrix: Tensor4D) => transpose(ofHeads(matrix, heads), [0, 2, 1, 3]);
  const elapsed = cumsum(transpose(logDecay, [0, 2, 1]), 2); // [batch, heads, length]
  const positions = range(0, length, 1, 'int32');
  const earlier = reshape(greaterEqual(expandDims(positions, 1), expandDims(positions, 0)), [1, 1, length, length]);
  const attentionMask = resets ? logicalAnd(earlier, expandDims(sameSequence(resets), 1)) : earlier;
  const decay = exp(where(attentionMask, sub(expandDims(elapsed, 3), expandDims(elapsed, 2)), -1e9));
  return mul(matMul(byHead(outputMatrix), byHead(inputMatrix), false, true), decay) as Tensor4D;
}

/** bool [batch, length, length]. */
function sameSequence(resets: Tensor2D): Tensor {
  const sequence = cumsum(resets, 1);
  return equal(expandDims(sequence, 2), expandDims(sequence, 1));
}
