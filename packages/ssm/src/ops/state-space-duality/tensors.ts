import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

/** What the recurrence of Mamba-2 takes. */
export interface StateSpaceDuality {
  /** float32 [batch, length, heads, headSize]: what enters, times the step size. */
  readonly x: Tensor4D;
  /** float32 [batch, length, heads]: the logarithm of what each step multiplies the state by, Δ A. */
  readonly logDecay: Tensor3D;
  /** B, float32 [batch, length, groups, state]; neighbouring heads share a group. */
  readonly inputMatrix: Tensor4D;
  /** C, float32 [batch, length, groups, state]. */
  readonly outputMatrix: Tensor4D;
  /** float32 [batch, heads, headSize, state]; default 0. */
  readonly initialState?: Tensor4D | undefined;
  /** float32 [batch, length], 1 where a sequence begins that must not know what stands before it, else 0. */
  readonly resets?: Tensor2D | undefined;
}
