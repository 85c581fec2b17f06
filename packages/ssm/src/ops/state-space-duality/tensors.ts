import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

/** The inputs of state-space duality, the recurrence of Mamba-2. */
export interface StateSpaceDuality {
  /** float32 [batch, length, heads, headSize]: the input, times the step size. */
  readonly x: Tensor4D;
  /** float32 [batch, length, heads]: the logarithm of each step's decay, Δ A. */
  readonly logDecay: Tensor3D;
  /** B, float32 [batch, length, groups, state]; neighbouring heads share a group. */
  readonly inputMatrix: Tensor4D;
  /** C, float32 [batch, length, groups, state]. */
  readonly outputMatrix: Tensor4D;
  /** float32 [batch, heads, headSize, state]; default 0. */
  readonly initialState?: Tensor4D | undefined;
  /**
   * float32 [batch, length], 1 at the first position of each packed sequence, which starts from an empty state, else 0.
   */
  readonly resets?: Tensor2D | undefined;
}
