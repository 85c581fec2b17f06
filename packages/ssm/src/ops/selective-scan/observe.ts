import { type Context, observeLazily, scoped, softplus } from '@sequitur/core';
import { add, concat, norm, reshape, slice, type Tensor, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { impliedAttention } from './implied-attention.js';
import { type SelectiveScan, selectiveScan } from './index.js';

/**
 * Observes a scan: `stepSizes` [batch, length, inner], the norm of the state after each step as `stateNorms` [batch,
 * length], and `attention` [batch, length, length], the implied attention averaged over the channels.
 */
export function observeScan(scan: SelectiveScan, context: Context): void {
  observeLazily(context, 'stepSizes', () =>
    softplus(scan.stepBias ? add(scan.stepSize, scan.stepBias) : scan.stepSize),
  );
  observeLazily(context, 'stateNorms', () => stateNorms(scan));
  observeLazily(context, 'attention', () => impliedAttention(scan));
}

/** The Euclidean norm of the whole state after each step, [batch, length]. */
export function stateNorms(scan: SelectiveScan): Tensor2D {
  return scoped(() => {
    const [batch, length] = scan.x.shape;
    const at = <T extends Tensor>(x: T, t: number) => slice(x, [0, t], [batch, 1]) as T;
    let { initialState } = scan;
    const norms = Array.from({ length }, (_, t) => {
      const { state } = selectiveScan({
        ...scan,
        x: at(scan.x, t),
        stepSize: at(scan.stepSize, t),
        inputMatrix: scan.inputMatrix.rank === 2 ? scan.inputMatrix : at(scan.inputMatrix, t),
        outputMatrix: scan.outputMatrix.rank === 2 ? scan.outputMatrix : at(scan.outputMatrix, t),
        initialState: initialState as Tensor3D,
        resets: scan.resets && at(scan.resets, t),
      });
      initialState = state;
      return norm(reshape(state, [batch, -1]), 'euclidean', 1, true);
    });
    return concat(norms, 1) as Tensor2D;
  });
}
